#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace r50 {

// What r50run's exit codes mean; scripts and r50sweep rely on them.
enum class Exit {
  done = 0,
  failed = 1,
  wrong_input = 2,
  stopped = 3,       // by a rule: divergence, budget, milestone
  interrupted = 75,  // saved; run the same command again
};

// Where something was written: a place in a file, or a word of the command line.
struct Spot {
  std::string file;  // "experiments/a.toml", "command line", or empty for a default
  int line = 0;      // 1-based; 0 where a line makes no sense
  int column = 0;

  bool known() const { return !file.empty(); }
  std::string text() const;  // "experiments/a.toml:3:7", "command line", "default"
};

// One thing wrong with what the user wrote.
struct Problem {
  Spot spot;
  std::string what;  // "unknown key 'lrr' in [scheduler]"
  std::string hint;  // the next step: "did you mean 'lr'?"; may be empty
};

// All problems of a file are collected before any is reported.
class Problems {
 public:
  void add(Spot spot, std::string what, std::string hint = "");
  bool empty() const { return list_.empty(); }
  const std::vector<Problem>& list() const { return list_; }
  // One paragraph a problem, in the order of the files and lines.
  std::string report() const;

 private:
  std::vector<Problem> list_;
};

// The base of what r50 and its plugins throw. The text is for the user, in whole sentences.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text) : std::runtime_error(text) {}
  ~Error() override;
  virtual Exit exit_code() const { return Exit::failed; }
};

// The experiment, the command line or the data set is wrong; nothing has been written.
class WrongInput : public Error {
 public:
  explicit WrongInput(Problems problems);
  explicit WrongInput(const std::string& text);
  ~WrongInput() override;
  Exit exit_code() const override { return Exit::wrong_input; }
  const Problems& problems() const { return problems_; }

 private:
  Problems problems_;
};

// Thrown by a plugin's constructor about one of its own keys: the host adds the place of the key.
class BadKey : public Error {
 public:
  BadKey(std::string key, const std::string& text, std::string hint = "");
  ~BadKey() override;
  Exit exit_code() const override { return Exit::wrong_input; }
  const std::string& key() const { return key_; }
  const std::string& hint() const { return hint_; }

 private:
  std::string key_;
  std::string hint_;
};

// A rule ended the run on purpose: not an accident, and running again would end the same way.
class Stopped : public Error {
 public:
  using Error::Error;
  ~Stopped() override;
  Exit exit_code() const override { return Exit::stopped; }
};

// One sample could not be read. The loader quarantines it and takes another in its place.
class BadSample : public Error {
 public:
  using Error::Error;
  ~BadSample() override;
};

// A sample could not be read for a cause that may pass: a signal, a device, a network mount. The
// loader tries again, after a pause, before it calls the sample bad.
class PassingFault : public BadSample {
 public:
  using BadSample::BadSample;
  ~PassingFault() override;
};

// For data sets: throws what an errno means for the sample that was being read.
//   EINTR, EIO, ESTALE      PassingFault
//   EMFILE, ENFILE, ENOMEM  Error, which ends the run: no sample could be read, and none is bad
//   all others              BadSample
// `name` is what a person calls the sample.
[[noreturn]] void throw_read_fault(int error_number, const std::string& name);

}  // namespace r50
