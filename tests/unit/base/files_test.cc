#include "base/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "support/base/faulty_files.h"
#include "support/temp_folder.h"

namespace r50::base {
namespace {

using test::FaultyFiles;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

class RealFilesTest : public testing::Test {
 protected:
  TempFolder folder;
  Files& files = real_files();

  void write(const std::string& name, const std::string& content) {
    const auto file = files.create(folder / name);
    file->write(content);
    file->close();
  }

  static std::string failure(const std::function<void()>& act) {
    try {
      act();
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(RealFilesTest, WhatIsWrittenIsRead) {
  write("a", "one");
  EXPECT_EQ(files.read(folder / "a"), "one");
  EXPECT_EQ(files.read(folder / "a", 2), "on");
  EXPECT_EQ(files.size(folder / "a"), 3u);
  {
    const auto file = files.append(folder / "a");
    file->write(" two");
    file->sync();
  }
  EXPECT_EQ(files.read(folder / "a"), "one two");
  files.truncate(folder / "a", 3);
  EXPECT_EQ(files.read(folder / "a"), "one");
  write("a", "");
  EXPECT_EQ(files.read(folder / "a"), "");
}

TEST_F(RealFilesTest, ReadsFilesThatDoNotTellTheirSize) {
  EXPECT_THAT(files.read("/proc/self/status"), HasSubstr("VmHWM"));
}

TEST_F(RealFilesTest, RenamesLinksRemovesAndLists) {
  write("b", "new");
  write("a", "old");
  files.link(folder / "b", folder / "c");
  files.rename(folder / "b", folder / "a");
  EXPECT_EQ(files.read(folder / "a"), "new");
  EXPECT_EQ(files.read(folder / "c"), "new");
  files.make_folders(folder / "x/y/z/");
  EXPECT_TRUE(files.is_folder(folder / "x/y/z"));
  EXPECT_FALSE(files.is_folder(folder / "a"));
  files.sync_folder(folder.path());
  EXPECT_THAT(files.list(folder.path()), ElementsAre("a", "c", "x"));
  files.remove(folder / "a");
  files.remove(folder / "a");
  EXPECT_FALSE(files.exists(folder / "a"));
  EXPECT_FALSE(files.exists(folder / "c/below a file"));
  EXPECT_GT(files.free_space(folder.path()), 0u);
}

TEST_F(RealFilesTest, FailuresNameThePathAndTheReason) {
  const std::string path = folder / "none/a.pt";
  const std::string quoted = "'" + path + "': No such file or directory";
  EXPECT_EQ(failure([&] { files.create(path); }), "cannot write " + quoted);
  EXPECT_EQ(failure([&] { files.read(path); }), "cannot read " + quoted);
  EXPECT_EQ(failure([&] { files.truncate(path, 0); }), "cannot shorten " + quoted);
  EXPECT_EQ(failure([&] { files.list(path); }), "cannot read the folder " + quoted);
  EXPECT_EQ(failure([&] { files.rename(path, folder / "b"); }),
            "cannot rename '" + path + "' to '" + folder / "b" + "': No such file or directory");
  EXPECT_EQ(failure([&] { files.read(folder.path()); }),
            "cannot read '" + folder.path() + "': Is a directory");
  EXPECT_EQ(failure([&] { files.remove(folder.path()); }),
            "cannot remove '" + folder.path() + "': Is a directory");
  write("file", "");
  EXPECT_EQ(failure([&] { files.make_folders(folder / "file/x"); }),
            "cannot make the folder '" + folder / "file" + "': File exists");
}

TEST_F(RealFilesTest, AFullDiskIsToldWhenWriting) {
  const auto file = files.append("/dev/full");
  try {
    file->write("x");
    FAIL();
  } catch (const FileError& error) {
    EXPECT_EQ(error.code(), ENOSPC);
    EXPECT_EQ(error.path(), "/dev/full");
    EXPECT_STREQ(error.what(), "cannot write '/dev/full': No space left on device");
  }
}

TEST_F(RealFilesTest, AHeldLockTellsItsHolderAndEndsWithIt) {
  std::string holder;
  auto lock = files.lock(folder / "lock", holder);
  ASSERT_TRUE(lock);
  EXPECT_FALSE(files.lock(folder / "lock", holder));
  EXPECT_EQ(holder, std::to_string(::getpid()));
  lock.reset();
  EXPECT_TRUE(files.lock(folder / "lock", holder));
}

TEST_F(RealFilesTest, AKilledProcessLeavesNoLock) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::string holder;
    const auto lock = files.lock(folder / "lock", holder);
    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  std::string holder;
  EXPECT_FALSE(files.lock(folder / "lock", holder));
  EXPECT_EQ(holder, std::to_string(child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(files.lock(folder / "lock", holder));
}

TEST(FolderOf, IsTheKernelsIdea) {
  EXPECT_EQ(folder_of("a/b/c"), "a/b");
  EXPECT_EQ(folder_of("/a"), "/");
  EXPECT_EQ(folder_of("a"), ".");
}

// Every operation of an atomic write in turn fails, kills or is forgotten.
class WriteAtomically : public testing::Test {
 protected:
  const std::string old_text = "old content";
  const std::string new_text = "newer content";

  template <class Fault>
  void expect_old_or_new(Fault fault) {
    for (std::int64_t number = 0; number < 20; ++number) {
      const TempFolder folder;
      const std::string path = folder / "a.json";
      write_atomically(real_files(), path, old_text);
      FaultyFiles disk(folder.path());
      fault(disk, number);
      bool told = false;
      try {
        write_atomically(disk, path, new_text);
      } catch (const std::exception&) {
        told = true;
      }
      after(disk);
      const std::string content = real_files().read(path);
      EXPECT_TRUE(content == old_text || content == new_text) << number << ": " << content;
      if (!told) {
        EXPECT_EQ(content, new_text) << number;
      }
      if (number >= static_cast<std::int64_t>(disk.operations().size())) return;
      reached = number;
    }
    FAIL() << "more operations than an atomic write has";
  }

  std::function<void(FaultyFiles&)> after = [](FaultyFiles&) {};
  std::int64_t reached = -1;
};

TEST_F(WriteAtomically, SurvivesFailingOperations) {
  expect_old_or_new([](FaultyFiles& disk, std::int64_t number) { disk.fail_at(number, EIO, 3); });
  EXPECT_GE(reached, 4);
}

TEST_F(WriteAtomically, SurvivesAKill) {
  expect_old_or_new([](FaultyFiles& disk, std::int64_t number) { disk.kill_at(number, 5); });
}

TEST_F(WriteAtomically, SurvivesALossOfPower) {
  for (const auto names : {FaultyFiles::Names::dropped, FaultyFiles::Names::kept}) {
    after = [names](FaultyFiles& disk) { disk.lose_power(names); };
    expect_old_or_new([](FaultyFiles& disk, std::int64_t number) { disk.kill_at(number, 5); });
  }
}

TEST_F(WriteAtomically, LeavesNoTemporaryFileWhenItFails) {
  const TempFolder folder;
  FaultyFiles disk(folder.path());
  disk.set_full(true);
  EXPECT_THROW(write_atomically(disk, folder / "a", "x"), FileError);
  EXPECT_THAT(real_files().list(folder.path()), ElementsAre());
}

// The fault injector itself: a write without sync, or a rename without a synced folder, must be
// lost, or the tests above would prove nothing.
TEST(FaultyFilesTest, ForgetsWhatWasNotSynced) {
  const TempFolder folder;
  FaultyFiles disk(folder.path());
  const auto file = disk.create(folder / "a");
  file->write("synced");
  file->sync();
  file->write(" and not");
  disk.sync_folder(folder.path());
  disk.rename(folder / "a", folder / "b");
  disk.lose_power(FaultyFiles::Names::dropped);
  EXPECT_THAT(real_files().list(folder.path()), ElementsAre("a"));
  EXPECT_EQ(real_files().read(folder / "a"), "synced");
  EXPECT_THROW(disk.exists(folder / "a"), test::Killed);
}

TEST(FaultyFilesTest, CanKeepNamesWhoseDataAreLost) {
  const TempFolder folder;
  FaultyFiles disk(folder.path());
  disk.create(folder / "a.tmp")->write("never synced");
  disk.rename(folder / "a.tmp", folder / "a");
  disk.lose_power(FaultyFiles::Names::kept);
  EXPECT_EQ(real_files().read(folder / "a"), "");
}

TEST(FaultyFilesTest, TearsAWriteAndNamesItsOperations) {
  const TempFolder folder;
  FaultyFiles disk(folder.path());
  disk.kill_at(2, 4);
  const auto file = disk.create(folder / "a");
  file->write("whole ");
  EXPECT_THROW(file->write("torn apart"), test::Killed);
  EXPECT_EQ(real_files().read(folder / "a"), "whole torn");
  EXPECT_EQ(disk.operations().back().text(), "write a");
}

}  // namespace
}  // namespace r50::base
