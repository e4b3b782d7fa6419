#include "sweep/launch/keeper.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

namespace r50::sweep {
namespace {

// Whole or not at all: `code` to the file `exit_file`.
constexpr const char* write_exit_code =
    "echo \"$code\" > \"$exit_file.part\" && mv \"$exit_file.part\" \"$exit_file\"\n";

constexpr const char* wait_for_lease = R"sh(
mine() { [ "$(cat "$folder/lease" 2>/dev/null)" = "$handle" ]; }
until mine; do
  if [ "$tries" -le 0 ]; then
    echo "r50sweep: $folder was given to another start; this one does nothing" >&2
    exit 0
  fi
  tries=$((tries - 1))
  sleep 1
done
)sh";

// The mark is written before the second look: a controller that takes the lease away and then finds
// no mark knows that the program will not run.
constexpr const char* begin = R"sh(
echo "$handle" > "$folder/begun.part" && mv "$folder/begun.part" "$folder/begun"
if ! mine; then
  rm -f "$folder/begun"
  exit 0
fi
rm -f "$exit_file"
began=$(date +%s)

asked=
passed_on=
program=
tell() {
  [ "$asked" = leave ] || asked=$1
  [ -n "$program" ] && [ -z "$passed_on" ] || return 0
  [ "$2" = by-us ] || alone || return 0
  passed_on=yes
  kill -TERM "$program" 2>/dev/null
}
trap 'tell leave by-us' USR2
trap 'tell again by-engine' TERM INT HUP

)sh";

// Some engines signal this shell alone, some all processes of the job; and two signals end a
// program at once, unsaved. A process that only sleeps shows which it was.
constexpr const char* canary = R"sh(
sleep 4000000 </dev/null >/dev/null 2>&1 &
canary=$!
alone() {
  sleep 1
  grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$canary/status"
}
)sh";

// A wait ends at a signal too, while the program lives on. If both end at once, dash keeps the
// program's own code for the next wait; 127 is its word for having none.
constexpr const char* keep = R"sh( \
  </dev/null >>"$folder/output.txt" 2>&1 &
program=$!
[ -z "$asked" ] || tell "$asked" by-us
code=
until [ -n "$code" ]; do
  wait "$program"
  code=$?
  if kill -0 "$program" 2>/dev/null; then code=; fi
done
if [ "$code" -gt 128 ]; then
  wait "$program" 2>/dev/null
  last=$?
  [ "$last" -eq 127 ] || code=$last
fi
kill "$canary" 2>/dev/null

# One that is asked to leave as soon as it begins would begin for ever.
if [ "$code" -eq 75 ] && [ "$asked" = again ] && [ $(($(date +%s) - began)) -ge 5 ]; then
  if start_again; then exit 0; fi
fi
)sh";

}  // namespace

std::string shell_word(const std::string& text) {
  return "'" + absl::StrReplaceAll(text, {{"'", "'\\''"}}) + "'";
}

// The loop shows a controller on another machine, which cannot see this process, each minute that
// it lives (control/watcher.cc). It ends with the shell, even with one that was killed.
std::string local_keeper() {
  return std::string(
             "read -r go <&3 || exit 0\nexec 3<&-\ntrap : TERM INT HUP\n"
             "(trap 'kill $s; exit' TERM; while kill -0 $$; do date > \"${0%exit}beat\"; "
             "sleep 60 & s=$!; wait $s; done) > /dev/null 2>&1 &\n"
             "\"$@\"\ncode=$?\nkill $! 2> /dev/null\nexit_file=$0\n") +
         write_exit_code;
}

std::string job_keeper(const Launch& launch, const std::string& handle, const KeeperRules& rules) {
  std::string text =
      "#!/bin/sh\n# Runs one trial and writes down how it ended. Written by r50sweep.\n";
  text += "folder=" + shell_word(launch.folder) + "\n";
  text += "exit_file=$folder/exit\n";
  text += "handle=" + shell_word(handle) + "\n";
  text += absl::StrCat("tries=", rules.late_seconds, "\n");
  text += wait_for_lease;
  text += "start_again() {\n" + rules.start_again + "}\n";
  text += "cd " + shell_word(launch.where) + " || exit 1\n";
  text += canary;
  text += begin;
  for (std::size_t i = 0; i < launch.argv.size(); ++i) {
    text += (i > 0 ? " " : "") + shell_word(launch.argv[i]);
  }
  text += keep;
  text += write_exit_code;
  return text + "exit \"$code\"\n";
}

void forget_last_start(base::Files& files, const std::string& folder) {
  files.remove(folder + "/exit");
  files.remove(folder + "/begun");
}

bool has_begun(base::Files& files, const std::string& folder, const std::string& handle) {
  const std::string path = folder + "/begun";
  return files.exists(path) && files.read(path) == handle + "\n";
}

}  // namespace r50::sweep
