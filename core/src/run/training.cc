#include "run/training.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "assemble/assembly.h"
#include "assemble/fit.h"
#include "assemble/opened.h"
#include "assemble/provenance.h"
#include "base/clock.h"
#include "machine/interrupt.h"
#include "report/history.h"
#include "run/placement.h"
#include "run/session.h"
#include "run/start.h"
#include "train/forward.h"
#include "train/summary.h"

namespace r50::run {
namespace {

std::optional<When> parse_until(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto when = When::parse(text);
  if (!when) {
    throw WrongInput("--until is '" + text +
                     "'; it may be like \"3 epochs\", \"800 steps\" or "
                     "\"30%\"");
  }
  return when;
}

config::Precision as_asked(const std::string& name) {
  if (name == "bf16") return config::Precision::bf16;
  if (name == "fp16") return config::Precision::fp16;
  return config::Precision::fp32;
}

// One run's life, in the order of its methods.
class Command {
 public:
  Command(const TrainRequest& request, base::Files& files)
      : request_(request), files_(files), until_(parse_until(request.until)) {}

  Exit go() {
    opened_ = assemble::open_experiment(files_, request_.experiment, request_.overrides);
    const config::Experiment& experiment = opened_.experiment;
    place_ = place(request_, experiment, files_);
    folder_.emplace(files_, place_.folder);
    if (folder_->finished() && request_.from.empty() && !place_.changed_file) return already_done();
    read_before();
    settle_machine();
    assemble::DataSide data = assemble::open_data(experiment, *opened_.host);
    fingerprint_ = data.dataset.call([](auto& set) { return set.info().fingerprint; });
    refuse_changed_data();
    assemble::LoaderWishes wishes;
    const RunLength length = data.facts.length;
    if (until_) wishes.steps = std::min(until_->steps(length), length.steps());
    wishes.tell = [this](const data::QuarantinedSample& sample) { quarantined(sample); };
    const std::string known = folder_->read("quarantine.txt").value_or("");
    quarantine_torn_ = !known.empty() && known.back() != '\n';
    wishes.known = data::quarantined_in(known);
    assembly_.emplace(assemble::assemble(experiment, *opened_.host, std::move(data), machine_,
                                         std::move(wishes)));
    // From here on the run folder is written.
    folder_->open();
    terminal_.emplace(terminal_options());
    text_log_.emplace(files_, folder_->file("log.txt"), *terminal_);
    const auto say_it = [this](const std::string& text) { say(text); };
    checkpoint::CheckpointStore store(files_, folder_->checkpoints(), keep_rules(), say_it);
    Start start = find_start(request_, *folder_, store, files_, say_it);
    write_headers(start);
    return train(store, std::move(start));
  }

 private:
  Exit already_done();
  void read_before();
  void settle_machine();
  void refuse_changed_data();
  void quarantined(const data::QuarantinedSample& sample);
  terminal::TerminalOptions terminal_options() const;
  checkpoint::Keep keep_rules() const;
  void write_headers(const Start& start);
  Exit train(checkpoint::CheckpointStore& store, Start start);
  bool stands_at_until(const Archive& checkpoint, const Progress& now) const;
  Exit finish(Session& session, train::Trainer& trainer, train::Outcome outcome);
  void say(const std::string& text) { text_log_->say(text); }

  const TrainRequest& request_;
  base::Files& files_;
  std::optional<When> until_;
  assemble::Opened opened_;
  Placement place_;
  std::optional<record::RunFolder> folder_;
  std::optional<assemble::Provenance> before_;  // run.json as the folder has it
  machine::Machine machine_;
  std::string fingerprint_;
  bool quarantine_torn_ = false;  // its last line has no end: a kill or a full disk
  std::optional<terminal::Terminal> terminal_;
  std::optional<terminal::TextLog> text_log_;
  // Last, so that it ends first: until then its loaders' threads report bad samples to the log.
  std::optional<assemble::Assembly> assembly_;
};

std::string place_text(const Progress& done) {
  return absl::StrFormat("epoch %d, step %d of %d", done.epoch(), done.step, done.total_steps());
}

// resolved.toml -> resolved_1.toml, or the next free number: what a run was begun with is not lost.
void keep_old(record::RunFolder& folder, base::Files& files) {
  const auto old = folder.read("resolved.toml");
  if (!old) return;
  const auto name = [](int number) { return absl::StrFormat("resolved_%d.toml", number); };
  int number = 1;
  while (files.exists(folder.file(name(number)))) ++number;
  folder.write(name(number), *old);
}

// What earlier starts were resumed with, and what has changed for this one, stays in run.json.
// Gives the changes; empty: none.
std::string keep_changes(assemble::Provenance& now, const assemble::Provenance& before,
                         const machine::Machine& here, std::int64_t step) {
  now.went_on = before.went_on;
  const assemble::WentOn changes{step, machine_changes(before, here), build_changes(before, now)};
  if (changes.machine.empty() && changes.build.empty()) return "";
  now.went_on.push_back(changes);
  const bool both = !changes.machine.empty() && !changes.build.empty();
  return changes.machine + (both ? "; " : "") + changes.build;
}

Exit Command::already_done() {
  terminal::Terminal terminal(terminal_options());
  terminal.note(place_.folder + " is finished. --fresh starts another run of the same experiment.");
  return Exit::done;
}

void Command::read_before() {
  const auto json = folder_->read("run.json");
  if (!json) return;
  before_ = assemble::provenance_from_json(*json);
}

// The precision a run began with is kept wherever it resumes, unless the file asks for another. A
// run that has saved nothing does not resume.
void Command::settle_machine() {
  const config::Experiment& experiment = opened_.experiment;
  config::RunTable run = experiment.run;
  const bool resumes = before_ && folder_->has_checkpoints();
  const bool kept = run.precision == config::Precision::automatic && resumes;
  if (kept) run.precision = as_asked(before_->precision);
  machine_ = machine::choose_machine(request_.device, run, experiment.data.threads);
  if (kept) machine_.precision_why = "as the run began";
  machine::apply(machine_);
}

void Command::refuse_changed_data() {
  if (!before_ || place_.changed_file) return;
  if (before_->data_fingerprint == fingerprint_) return;
  throw WrongInput(
      "the images of the data set have changed since " + place_.folder +
      " began (files added, removed or rewritten), so this would not be the same "
      "run. Restore them, start another run with --fresh, or resume it nevertheless with "
      "--continue " +
      place_.folder);
}

// [worker threads, one at a time]
void Command::quarantined(const data::QuarantinedSample& sample) {
  try {
    auto file = files_.append(folder_->file("quarantine.txt"));
    file->write((quarantine_torn_ ? "\n" : "") + sample.line());
    quarantine_torn_ = false;
    file->close();
  } catch (const std::exception&) {
    // The disk is full, and the next line says the same.
  }
  say("unreadable, replaced and written to quarantine.txt: " + sample.text());
}

terminal::TerminalOptions Command::terminal_options() const {
  terminal::TerminalOptions options;
  options.quiet = request_.quiet;
  options.json = request_.json;
  return options;
}

checkpoint::Keep Command::keep_rules() const {
  const config::CheckpointTable& table = opened_.experiment.checkpoint;
  return {.last = table.keep, .best_only = table.best_only};
}

void Command::write_headers(const Start& start) {
  assemble::Provenance now =
      assemble::identify(place_.id, machine_, fingerprint_, *opened_.host, files_);
  for (const std::string& line : describe(machine_)) say(line);
  const RunFacts& facts = assembly_->data.facts;
  const train::ModelSummary model =
      train::summarize(assembly_->parts.model, facts.channels, facts.image_size,
                       train::number_type(machine_.precision));
  say("fast step  " + model.fast_step());
  if (!opened_.experiment.left_out.empty()) say(opened_.experiment.left_out);
  for (const std::string& remark : place_.remarks) say("changed: " + remark);
  if (before_ && start.step()) {
    const std::string changes = keep_changes(now, *before_, machine_, *start.step());
    if (!changes.empty()) say("not bit-exact from here, because " + changes);
  }
  if (place_.changed_file) keep_old(*folder_, files_);
  folder_->write("resolved.toml", config::explain(opened_.experiment, *opened_.host));
  folder_->write("run.json", assemble::to_json(now));
}

Exit Command::train(checkpoint::CheckpointStore& store, Start start) {
  const config::Experiment& experiment = opened_.experiment;
  const RunFacts& facts = assembly_->data.facts;
  LoggerFacts logger_facts{facts,
                           experiment.name,
                           place_.id,
                           place_.folder,
                           config::explain(experiment, *opened_.host),
                           {"plain"},
                           ""};
  for (const auto& named : assembly_->parts.averaging) logger_facts.sets.push_back(named.name);

  SessionSetup setup;
  setup.files = &files_;
  setup.folder = &*folder_;
  setup.terminal = &*terminal_;
  setup.text_log = &*text_log_;
  setup.store = &store;
  setup.experiment = &experiment;
  setup.facts = facts;
  setup.id = place_.id;
  setup.loggers = assemble::build_loggers(experiment, *opened_.host, logger_facts);
  setup.rows = start.rows;
  setup.until = until_;
  setup.train = assembly_->train.get();
  terminal_->begin(facts.length, logger_facts.sets);
  Session session(std::move(setup));
  train::Trainer trainer(assembly_->parts, assembly_->settings, train::single_world(), session);
  session.use(trainer);
  if (start.checkpoint) {
    for (const std::string& remark : trainer.load(*start.checkpoint)) say(remark);
    if (stands_at_until(*start.checkpoint, trainer.progress())) session.pause();
    say("continuing from " + start.file + ", " + place_text(trainer.progress()));
    start.checkpoint.reset();  // half a gigabyte that is no longer needed
  }
  say(place_.folder);
  text_log_->write_only(
      absl::StrFormat("first step begins at %f; the model took %f s, the other plugins %f s",
                      base::real_clock().wall_seconds(), assembly_->model_seconds,
                      opened_.host->seconds() - assembly_->model_seconds));
  if (request_.started) request_.started();
  const machine::Interrupt interrupt;
  try {
    const auto outcome = session.paused() ? train::Outcome::interrupted : trainer.run();
    const Exit code = finish(session, trainer, outcome);
    if (session.loggers_left()) {
      std::fflush(nullptr);
      std::_Exit(static_cast<int>(code));
    }
    return code;
  } catch (const train::Diverged& error) {
    session.end("stopped");
    throw Stopped(std::string(error.what()) + " The last good checkpoint is " +
                  store.newest_text() + ".");
  } catch (const train::OutOfMemory& error) {
    session.end("failed");
    throw Error(assemble::explain_out_of_memory(error, *assembly_));
  } catch (...) {
    session.end("failed");
    throw;
  }
}

// A run that was killed after it had saved its pause, or is asked to pause in its past: not a step
// more.
bool Command::stands_at_until(const Archive& checkpoint, const Progress& now) const {
  if (!until_ || now.step >= now.total_steps()) return false;
  const std::int64_t until = until_->steps(now.length);
  if (now.step != until) return now.step > until;
  // The evaluation at the end of an epoch belongs to it.
  const std::int64_t evaluated = checkpoint.child("progress").integer("epochs");
  return now.step_in_epoch() != 0 || evaluated * now.length.steps_per_epoch == now.step;
}

Exit Command::finish(Session& session, train::Trainer& trainer, train::Outcome outcome) {
  const Progress done = trainer.progress();
  if (outcome == train::Outcome::interrupted) {
    session.save_where_it_stands();
    session.end("interrupted");
    if (!session.unsaved().empty()) {
      throw Error("interrupted, and the last steps could not be saved: " + session.unsaved() +
                  ". The same command resumes from the checkpoint before");
    }
    say((session.paused() ? std::string("paused as asked, ")
                          : machine::Interrupt::name() + std::string(", ")) +
        place_text(done) + ", saved; the same command resumes from here");
    return Exit::interrupted;
  }
  session.end("done");
  if (!session.unsaved().empty()) {
    throw Error("the run is trained, but its end could not be saved: " + session.unsaved() +
                ". Make room and run the same command again; it resumes from the last checkpoint");
  }
  const report::History history = report::read_history(files_, folder_->path());
  folder_->write("result.json", report::result_json(history));  // last: the finish mark
  say("done: " + report::result_sentence(history));
  return Exit::done;
}

}  // namespace

Exit train(const TrainRequest& request, base::Files& files) { return Command(request, files).go(); }

}  // namespace r50::run
