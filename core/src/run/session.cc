#include "run/session.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "machine/interrupt.h"
#include "machine/kept_memory.h"

namespace r50::run {

Session::Session(SessionSetup setup)
    : setup_(std::move(setup)),
      log_(*setup_.files, setup_.folder->metrics(), {setup_.rows}),
      loggers_(std::move(setup_.loggers), *setup_.files, setup_.folder->metrics(), setup_.rows,
               [text_log = setup_.text_log](const std::string& text) { text_log->say(text); }),
      renewer_(*setup_.files, setup_.folder->path(), setup_.experiment->name,
               [text_log = setup_.text_log](const std::string& text) { text_log->say(text); }),
      saved_at_(base::real_clock().seconds()) {}

Session::~Session() = default;

void Session::happened(const Event& event) {
  const Row row = log_.add(event);
  if (!log_.trouble().empty() && !log_trouble_told_) {
    log_trouble_told_ = true;
    setup_.text_log->say("metrics.jsonl cannot be written, its rows wait in memory: " +
                         log_.trouble());
  }
  loggers_.row(row);
  if (const auto* evaluation = std::get_if<EvaluationEvent>(&event)) {
    if (!evaluations_.empty() && evaluations_.front().epoch != evaluation->epoch) {
      evaluations_.clear();
    }
    evaluations_.push_back(*evaluation);
  }
  if (const auto* epoch = std::get_if<EpochEvent>(&event)) {
    setup_.text_log->write_only(epoch_line(*epoch));
    loggers_.flush();
    renewer_.renew();
    machine::trim_tensor_memory();
  }
  setup_.terminal->event(row);
}

std::string Session::epoch_line(const EpochEvent& epoch) const {
  std::string line = absl::StrFormat(
      "epoch %d: loss %.4f, lr %.5g, %.1f s, %.1f img/s, waiting %.0f %%", epoch.epoch, epoch.loss,
      epoch.lr, epoch.wall.seconds, epoch.wall.images_per_second, 100 * epoch.wall.data_wait);
  for (const EvaluationEvent& set : evaluations_) {
    if (set.epoch != epoch.epoch) continue;
    line += absl::StrFormat(", %s %.2f/%.2f", set.set, set.top1, set.top5);
  }
  return line;
}

bool Session::until_reached(const Progress& done, bool epoch_complete) const {
  if (!setup_.until) return false;
  const std::int64_t until = setup_.until->steps(done.length);
  if (done.step != until) return done.step > until;
  // A pause at the end of an epoch comes after its evaluation.
  return epoch_complete || done.step_in_epoch() != 0;
}

Session::Due Session::due(const Progress& done, bool epoch_complete) const {
  const config::CheckpointTable& table = setup_.experiment->checkpoint;
  const bool epoch_ends = done.step_in_epoch() == 0;
  const auto falls_on = [&](const When& when) {
    const std::int64_t interval = std::max<std::int64_t>(1, when.steps(done.length));
    return done.step % interval == 0 && epoch_complete == epoch_ends;
  };
  if (table.keep_every && falls_on(*table.keep_every)) return Due::for_good;
  switch (table.every.unit) {
    case Every::Unit::never:
      return Due::no;
    case Every::Unit::training:
      return falls_on(table.every.when) ? Due::yes : Due::no;
    case Every::Unit::wall:
      break;
  }
  const double elapsed = base::real_clock().seconds() - saved_at_;
  return elapsed >= table.every.seconds ? Due::yes : Due::no;
}

bool Session::at_boundary(const Progress& done, bool epoch_complete) {
  const bool finished = epoch_complete && done.step == done.length.steps();
  const bool until = !finished && until_reached(done, epoch_complete);
  const bool stop = until || machine::Interrupt::signal() != 0;
  const Due due_now = due(done, epoch_complete);
  const bool owed = owed_ && epoch_complete == (done.step_in_epoch() == 0);
  if (finished || stop || owed || due_now != Due::no) {
    save(done, finished || stop, due_now == Due::for_good);
  } else if (!reserved_ && setup_.experiment->checkpoint.every.unit != Every::Unit::never) {
    // After the first step, since momentum begins with it.
    reserved_ = true;
    setup_.store->reserve(snapshot());
  }
  paused_ = until && machine::Interrupt::signal() == 0;
  return stop && !finished;
}

bool Session::hurry() { return machine::Interrupt::signal() != 0; }

Archive Session::snapshot() const {
  Archive archive;
  trainer_->save(archive);
  // What the rows of the record say belongs to these weights, by their number.
  archive.child("run").put("rows", log_.mark().rows);
  return archive;
}

void Session::save(const Progress& done, bool last, bool for_good) {
  saved_at_ = base::real_clock().seconds();
  final_saved_ = last;
  std::shared_ptr<base::OutputFile> record;
  try {
    record = log_.written();
  } catch (const std::exception& error) {
    setup_.text_log->say(std::string("no checkpoint now: ") + error.what());
    if (last) unsaved_ = error.what();
    return;
  }
  checkpoint::SaveAs as;
  as.epoch = done.epoch();
  as.step = done.step;
  as.for_good = for_good;
  as.mid_epoch = done.step_in_epoch() != 0;
  as.final = last;
  as.before_publish = [record] { record->sync(); };  // the rows it counts
  owed_ = !setup_.store->save(snapshot(), as);
  if (!owed_) {
    const double held_up = base::real_clock().seconds() - saved_at_;
    ++saves_.count;
    saves_.seconds += held_up;
    saves_.longest = std::max(saves_.longest, held_up);
  }
  if (owed_ && !slow_disk_told_) {
    slow_disk_told_ = true;  // once: it will be so all night
    setup_.text_log->say(absl::StrFormat(
        "the checkpoint due at step %d waits, since the disk is still busy with the two before it; "
        "checkpoints now come as fast as the disk takes them. Save less often ([checkpoint] every) "
        "or on a faster disk.",
        done.step));
  }
}

void Session::best(const WeightSet& set, const EvaluationEvent& event) {
  Archive archive;
  Archive& model = archive.child("model");
  for (const NamedTensor& named : set.tensors.parameters) model.put(named.name, named.tensor);
  for (const NamedTensor& named : set.tensors.buffers) model.put(named.name, named.tensor);
  Archive& what = archive.child("best");
  what.put("set", event.set);
  what.put("epoch", event.epoch);
  what.put("step", event.step);
  what.put("top1", event.top1);
  what.put("top5", event.top5);
  what.put("loss", event.loss);
  setup_.store->save_best(archive);
}

void Session::live(const StepEvent& step) { setup_.terminal->live(step); }

double Session::data_wait_seconds() { return setup_.train->waited_seconds(); }

void Session::save_where_it_stands() {
  // After an evaluation that was given up there was no boundary to save at.
  if (!final_saved_) save(trainer_->progress(), true, false);
}

void Session::tell_costs() const {
  setup_.text_log->write_only(
      absl::StrFormat("%d checkpoints held training up by %.3f s in all, %.3f s at most",
                      saves_.count, saves_.seconds, saves_.longest));
  if (const std::string memory = machine::tensor_memory_text(); !memory.empty()) {
    setup_.text_log->write_only("memory of tensors: " + memory);
  }
}

void Session::end(const std::string& how) {
  tell_costs();
  try {
    setup_.store->wait();
  } catch (const Error& error) {
    unsaved_ = error.what();
  }
  renewer_.finish();
  loggers_left_ = loggers_.end(how, 10) > 0;
}

}  // namespace r50::run
