// Preloaded by the kill tests into the very r50run that users run: ends the process by SIGKILL at a
// counted moment of its dealings with the disk, which no code of r50 can distinguish from a real
// accident.
//
//   R50_KILL_ROOT   only files below this folder count
//   R50_KILL_PROGRAM  only in the program of this name, not in those that it starts; all if not set
//   R50_KILL_AT     "bytes:N"      in the write that passes the N-th byte; what lies before is
//                                  written
//                   "OP:PART:N"    before the N-th OP (open write fsync rename link unlink
//                                  truncate, or any of these) on a file whose path
//                                  contains PART
//   R50_KILL_SIGNAL the signal, by number; 9 if not set. With others the process continues
//   R50_FAIL        "PART:FIRST:LAST"  writes FIRST to LAST on such files fail: no space left
//   R50_FAIL_OPEN   "PART:ERRNO:FIRST:LAST"  opens FIRST to LAST of such files fail, with that
//   number R50_SLOW        "PART:MS"      each fsync of such a file takes MS milliseconds longer
//   R50_KILL_TRACE  a file to which every counted operation is appended as "OP PATH SIZE"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char* root;
static char op_wanted[16], part_wanted[256];
static long count_wanted, trace_fd = -1;
static char part_failing[256];
static char part_slow[256], part_unopened[256];
static long fail_first, fail_last, slow_ms, open_errno, open_first, open_last;
static atomic_long seen, seen_failing, seen_opens;
static int off;

__attribute__((constructor)) static void begin(void) {
  const char* at = getenv("R50_KILL_AT");
  const char* program = getenv("R50_KILL_PROGRAM");
  if (program && strcmp(program, program_invocation_short_name) != 0) {
    off = 1;
    return;
  }
  root = getenv("R50_KILL_ROOT");
  const char* trace = getenv("R50_KILL_TRACE");
  if (trace) trace_fd = syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const char* fail = getenv("R50_FAIL");
  if (fail) sscanf(fail, "%255[^:]:%ld:%ld", part_failing, &fail_first, &fail_last);
  const char* fail_open = getenv("R50_FAIL_OPEN");
  if (fail_open) {
    sscanf(fail_open, "%255[^:]:%ld:%ld:%ld", part_unopened, &open_errno, &open_first, &open_last);
  }
  const char* slow = getenv("R50_SLOW");
  if (slow) sscanf(slow, "%255[^:]:%ld", part_slow, &slow_ms);
  if (!at) return;
  if (strncmp(at, "bytes:", 6) == 0) {
    strcpy(op_wanted, "bytes");
    count_wanted = atol(at + 6);
  } else {
    sscanf(at, "%15[^:]:%255[^:]:%ld", op_wanted, part_wanted, &count_wanted);
  }
}

static void die(void) {
  const char* number = getenv("R50_KILL_SIGNAL");
  syscall(SYS_kill, getpid(), number ? atoi(number) : SIGKILL);
  while (!number) pause();
}

static int below_root(const char* path) {
  return !off && root && strncmp(path, root, strlen(root)) == 0;
}

static void absolute(const char* path, char* out, size_t size) {
  if (path[0] == '/') {
    snprintf(out, size, "%s", path);
    return;
  }
  char here[2048];
  if (!getcwd(here, sizeof here)) here[0] = 0;
  snprintf(out, size, "%s/%s", here, path);
}

static void note(const char* op, const char* path, size_t size) {
  char full[4096];
  absolute(path, full, sizeof full);
  if (!below_root(full)) return;
  if (trace_fd >= 0) {
    char line[4300];
    int n = snprintf(line, sizeof line, "%s %s %zu\n", op, full, size);
    syscall(SYS_write, trace_fd, line, n);
  }
  int wanted = strcmp(op, op_wanted) == 0 || strcmp("any", op_wanted) == 0;
  if (wanted && strstr(full, part_wanted) && atomic_fetch_add(&seen, 1) + 1 == count_wanted) {
    die();
  }
}

static int open_fails(const char* path) {
  char full[4096];
  absolute(path, full, sizeof full);
  if (!part_unopened[0] || !below_root(full) || !strstr(full, part_unopened)) return 0;
  long number = atomic_fetch_add(&seen_opens, 1) + 1;
  if (number < open_first || number > open_last) return 0;
  errno = (int)open_errno;
  return 1;
}

static int path_of(int fd, char* out, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, out, size - 1);
  if (n < 0) return 0;
  out[n] = 0;
  return 1;
}

#define TEAR ((size_t)1 << 62)
#define FAIL ((size_t)1 << 61)

static size_t before_write(int fd, size_t size) {
  char path[4096];
  if (!path_of(fd, path, sizeof path) || !below_root(path)) return size;
  if (part_failing[0] && strstr(path, part_failing)) {
    long number = atomic_fetch_add(&seen_failing, 1) + 1;
    if (number >= fail_first && number <= fail_last) return FAIL;
  }
  note("write", path, size);
  if (strcmp(op_wanted, "bytes") == 0) {
    long before = atomic_fetch_add(&seen, (long)size);
    if (before < count_wanted && before + (long)size >= count_wanted) {
      return (size_t)(count_wanted - before) | TEAR;  // write so much, then die
    }
  }
  return size;
}

ssize_t write(int fd, const void* data, size_t size) {
  size_t allowed = before_write(fd, size);
  if (allowed == FAIL) {
    errno = ENOSPC;
    return -1;
  }
  if (allowed & TEAR) {
    syscall(SYS_write, fd, data, allowed & ~TEAR);
    die();
  }
  return syscall(SYS_write, fd, data, size);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  size_t allowed = before_write(fd, size);
  if (allowed == FAIL) {
    errno = ENOSPC;
    return -1;
  }
  if (allowed & TEAR) {
    syscall(SYS_pwrite64, fd, data, allowed & ~TEAR, offset);
    die();
  }
  return syscall(SYS_pwrite64, fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t offset) {
  return pwrite(fd, data, size, offset);
}

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, int) : 0;
  va_end(list);
  note("open", path, 0);
  if (open_fails(path)) return -1;
  return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, int) : 0;
  va_end(list);
  note("open", path, 0);
  if (open_fails(path)) return -1;
  return syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(list, int) : 0;
  va_end(list);
  char full[4096], base[2048];
  if (path[0] != '/' && folder != AT_FDCWD && path_of(folder, base, sizeof base)) {
    snprintf(full, sizeof full, "%s/%s", base, path);
    note("open", full, 0);
  } else {
    note("open", path, 0);
  }
  return syscall(SYS_openat, folder, path, flags, mode);
}

static void note_fd(const char* op, int fd) {
  char path[4096];
  if (!path_of(fd, path, sizeof path)) return;
  note(op, path, 0);
  if (slow_ms && below_root(path) && strstr(path, part_slow)) usleep(slow_ms * 1000);
}
int fsync(int fd) {
  note_fd("fsync", fd);
  return syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  note_fd("fsync", fd);
  return syscall(SYS_fdatasync, fd);
}
int ftruncate(int fd, off_t size) {
  note_fd("truncate", fd);
  return syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }
int truncate(const char* path, off_t size) {
  note("truncate", path, 0);
  return syscall(SYS_truncate, path, size);
}
int rename(const char* from, const char* to) {
  note("rename", to, 0);
  return syscall(SYS_rename, from, to);
}
int link(const char* from, const char* to) {
  note("link", to, 0);
  return syscall(SYS_link, from, to);
}
int unlink(const char* path) {
  note("unlink", path, 0);
  return syscall(SYS_unlink, path);
}
