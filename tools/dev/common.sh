# Sourced by the scripts in tools/: how they speak, run long steps, and fail.
# The sourcing script sets `me` (its name in messages) and, before each step, `hint`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
hint=

say() { printf '%s\n' "$*" >&2; }

stop() {
  printf '%s: %s\n' "$me" "$*" >&2
  exit 1
}

# Every failure names its step; a command that fails outside a step is a fault of the script itself.
# shellcheck disable=SC2154  # `me` is the sourcing script's
trap 'say "$me: stopped unexpectedly at line $LINENO of ${BASH_SOURCE[0]}: $BASH_COMMAND"' ERR

# One at a time in this clone: two set-ups or builds at once would spoil each other's files.
one_at_a_time() {
  if ! mkdir -p "$root/build" 2>/dev/null || [[ ! -w $root/build ]]; then
    stop "cannot write in $root/build as $(id -un); the clone should belong to who uses it."
  fi
  exec {lock_fd}>"$root/build/.lock"
  if ! flock -n "$lock_fd"; then
    say "$me: waiting for another tools/ command that works in this clone ..."
    flock "$lock_fd"
  fi
}

# The lock must not outlive the step: a training run started afterwards would inherit it.
let_others_in() { exec {lock_fd}>&-; }

# The lines of a log that tell what went wrong: errors with what follows them, else the end.
worst_lines() {
  local log=$1 found
  found=$(grep -nE -A8 '(^|[^A-Za-z_])([Ee]rror|ERROR|FAILED|fatal)[: ]|^E: ' "$log" |
    sed 's/^[0-9]*[:-]//' | head -n 40) || true
  if [[ -n $found ]]; then printf '%s\n' "$found"; else tail -n 25 "$log"; fi
}

# quietly TITLE LOG COMMAND...: runs it with its output in LOG; on a terminal one line shows how far
# it is. What takes less than a second is not mentioned. A failure shows the telling lines, LOG's
# path and $hint, and ends the script.
quietly() {
  local title=$1 log=$2 start=$SECONDS status=0 ticker
  shift 2
  mkdir -p "$(dirname "$log")"
  : >"$log"
  show_progress "$title" "$log" &
  ticker=$!
  "$@" >"$log" 2>&1 || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  if [[ -t 2 ]]; then
    printf '\r\033[K' >&2
    if ((status == 0 && SECONDS > start + 1)); then say "$title: done in $((SECONDS - start)) s"; fi
  fi
  if ((status == 0)); then return 0; fi
  worst_lines "$log" >&2
  say ""
  say "$me: this step failed: $title (exit code $status)."
  say "  Above are its telling lines; all of it: $log"
  if [[ -n $hint ]]; then say "  $hint"; fi
  exit 1
}

# Runs beside the step until it is killed, or the script is.
show_progress() {
  local title=$1 log=$2 start=$SECONDS steps
  if [[ -n ${lock_fd:-} ]]; then let_others_in; fi  # only the script itself holds the lock
  while one_second && kill -0 $$ 2>/dev/null; do
    if [[ ! -t 2 ]]; then
      say "$title ..."
      return
    fi
    # ninja writes "[12/130] ...", which is what a waiting person wants to see.
    steps=$(tail -c 2000 "$log" 2>/dev/null | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1) || true
    printf '\r\033[K%s ... %s %d s' "$title" "$steps" $((SECONDS - start)) >&2
  done
}

# The sleep outlives a killed ticker; it must not keep the script's output open meanwhile.
one_second() { sleep 1 >/dev/null 2>&1 </dev/null; }

# How many compilers fit: a file that includes tensors needs about 1.2 GB (measured), and a machine
# that swaps or kills its compilers is slower than one that waits.
build_jobs() {
  local cores available limit jobs
  cores=$(nproc)
  available=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit != max ]] && ((limit / 1024 < available)); then available=$((limit / 1024)); fi
  jobs=$((available / 1250000))
  if ((jobs > cores)); then jobs=$cores; fi
  if ((jobs < 1)); then jobs=1; fi
  echo "$jobs"
}

# configure PRESET [cmake arguments]: only when it was not done, or was done for another libtorch.
# Everything else that matters makes ninja configure by itself.
configure() {
  local preset=$1 folder=$root/build/$1 key
  shift
  key="$* ${R50_LIBTORCH:-}"
  if [[ -f $folder/build.ninja && -f $folder/.configured &&
    $(<"$folder/.configured") == "$key" ]]; then
    return 0
  fi
  rm -f "$folder/.configured"
  # ccache only saves time; nothing needs it.
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=${CMAKE_C_COMPILER_LAUNCHER-ccache}
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
  fi
  hint="If it names a missing package, run tools/setup; if it names a stale folder, remove $folder."
  quietly "Configuring build/$preset" "$folder.configure.log" \
    cmake -S "$root" --preset "$preset" "-DR50_LIBTORCH=${R50_LIBTORCH:-}" "$@"
  printf '%s\n' "$key" >"$folder/.configured"
}

# build PRESET TARGET...: only ninja itself can tell whether there is something to do (a dry run
# always wants to look at the globbed folders first). It needs 0.1 s for that.
build() {
  local preset=$1 folder=$root/build/$1
  shift
  hint="A compiler that was killed had too little memory: try again with R50_JOBS=1."
  quietly "Building build/$preset" "$folder.build.log" \
    ninja -C "$folder" -j "${R50_JOBS:-$(build_jobs)}" "$@"
}
