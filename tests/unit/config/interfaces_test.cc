#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>

#include "r50/scheduler.h"

namespace r50 {
namespace {

class Steady final : public Scheduler {
 public:
  Rates rates(const Progress&) const override { return {.lr = 1}; }
};

template <class Thrown>
std::string told(const Thrown& thrown) {
  const Held<Scheduler> held(std::make_shared<Steady>(), "scheduler 'x' (/x.so)");
  try {
    held.call([&](const Scheduler&) { throw thrown; });
  } catch (const PluginFailure& failure) {
    return failure.what();
  }
  return "";
}

TEST(Held, NamesThePluginThatThrew) {
  EXPECT_EQ(told(std::runtime_error("no luck")), "scheduler 'x' (/x.so): no luck");
  EXPECT_EQ(told(5), "scheduler 'x' (/x.so): threw something that is no std::exception");
  EXPECT_EQ(told(std::bad_alloc()), "scheduler 'x' (/x.so): out of memory");
}

TEST(Held, LeavesOutLibtorchsStack) {
  EXPECT_EQ(told(std::runtime_error("sizes differ\nException raised from f at g.cpp:1 (most recent "
                                    "call first):\nframe #0: ...")),
            "scheduler 'x' (/x.so): sizes differ");
}

TEST(Held, LetsAnswersThrough) {
  const Held<Scheduler> held(std::make_shared<Steady>(), "x");
  EXPECT_THROW(held.call([](const Scheduler&) { throw BadSample("torn"); }), BadSample);
  EXPECT_THROW(held.call([](const Scheduler&) { throw Stopped("enough"); }), Stopped);
}

TEST(Held, KeepsTheCauseAndItsExitCode) {
  const Held<Scheduler> held(std::make_shared<Steady>(), "x");
  try {
    held.call([](const Scheduler&) { throw WrongInput("no such folder"); });
    FAIL() << "nothing was thrown";
  } catch (const PluginFailure& failure) {
    EXPECT_EQ(failure.exit_code(), Exit::wrong_input);
    EXPECT_THROW(std::rethrow_if_nested(failure), WrongInput);
  }
}

struct Bad {
  double use = 0;
};

TEST(Schema, RefusesWhatTheHostReads) {
  EXPECT_THROW(refuse_host_keys(Schema<Bad>("x").field("use", &Bad::use, "a doc").info()),
               std::logic_error);
}

TEST(Schema, RefusesBadDeclarations) {
  EXPECT_THROW(Schema<Bad>("x").field("lr", &Bad::use, "lr"), std::logic_error);
  EXPECT_THROW(Schema<Bad>("x").field("a b", &Bad::use, "a doc"), std::logic_error);
  EXPECT_THROW(Schema<Bad>("x").field("lr", &Bad::use, "a doc", above(0)), std::logic_error);
  EXPECT_THROW(Schema<Bad>("x").field("lr", &Bad::use, "a").field("lr", &Bad::use, "b"),
               std::logic_error);
}

}  // namespace
}  // namespace r50
