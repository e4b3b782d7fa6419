// PyTorch's own Python as the judge of what is written, and as another writer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/file.h"
#include "r50/error.h"
#include "support/checkpoint/checkpoints.h"

namespace r50::checkpoint {
namespace {

using base::real_files;
using testing::HasSubstr;

class CheckpointPython : public testing::Test {
 protected:
  void SetUp() override {
    python = test::python_with_torch();
    if (python.empty()) GTEST_SKIP() << "there is no .venv/bin/python that imports torch";
  }

  void expect_success(const std::string& script) {
    const base::Finished finished = test::run_script(python, script, path);
    EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  }

  std::string refusal() { return refusal_of(path); }

  static std::string refusal_of(const std::string& file) {
    try {
      read_checkpoint(real_files(), file);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  test::TempFolder folder;
  std::string path = folder / "a.pt";
  std::string python;
};

TEST_F(CheckpointPython, LoadsWithWeightsOnlyAndGetsTheSameThings) {
  write_checkpoint(real_files(), path, test::sample_archive());
  expect_success(R"(
import sys, torch, zipfile
d = torch.load(sys.argv[1], weights_only=True)
assert type(d) is dict
assert list(d) == ['model', 'zebra', 'step', 'negative', 'rate', 'name', 'empty', 'deep'], list(d)
m = d['model']
assert list(m) == ['conv1.weight', 'bn1.num_batches_tracked', 'half', 'bytes', 'flags', 'nothing',
                   'part', 'every_second'], list(m)
w = m['conv1.weight']
assert torch.equal(w, torch.arange(48.).view(2, 6, 2, 2))
assert w.stride() == (24, 1, 12, 6), w.stride()
assert w.is_contiguous(memory_format=torch.channels_last) and not w.requires_grad
n = m['bn1.num_batches_tracked']
assert n.shape == () and n.dtype == torch.int64 and n.item() == 12345678901
assert m['half'].dtype == torch.bfloat16 and m['half'].tolist() == [0, .125, .25, .375, .5]
assert m['bytes'].dtype == torch.uint8 and m['bytes'].tolist() == list(range(7))
assert m['flags'].dtype == torch.bool and m['flags'].tolist() == [False, False, True]
assert m['nothing'].shape == (0, 3)
assert m['part'].tolist() == [40, 41, 42, 43]
assert m['part'].untyped_storage().nbytes() == 16, 'the whole it is a part of was written'
assert m['every_second'].tolist() == [0, 2, 4, 6, 8]
assert (d['zebra'], d['step'], d['negative'], d['rate']) == (1, 2**40, -70000, 0.1)
assert d['name'] == 'h\u00e9llo' and d['empty'] == {} and d['deep'] == {'er': {'x': 255}}
assert zipfile.ZipFile(sys.argv[1]).testzip() is None
)");
}

TEST_F(CheckpointPython, StateDictsOfPythonAreRead) {
  expect_success(R"(
import sys, torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 4, 3, bias=False).to(memory_format=torch.channels_last)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(2, 2)
net = Net()
with torch.no_grad():
    net.conv1.weight.copy_(torch.arange(108.).view(4, 3, 3, 3))
    net.fc.bias.copy_(torch.tensor([0.5, -2.0]))
both = torch.arange(6.)
torch.save({'model': net.state_dict(), 'epoch': 90, 'lr': 0.125, 'done': True, 'name': 'r50',
            'parameter': net.fc.bias, 'shared': {'first': both[:3], 'rest': both[3:]},
            'big': -2**62, 'momentum': {0: torch.ones(2, dtype=torch.float16)}}, sys.argv[1])
)");
  const Archive archive = read_checkpoint(real_files(), path);
  const Archive& model = archive.child("model");
  std::vector<std::string> keys;
  for (const auto& item : model.items()) keys.push_back(item.first);
  EXPECT_THAT(keys, testing::ElementsAre("conv1.weight", "bn1.weight", "bn1.bias",
                                         "bn1.running_mean", "bn1.running_var",
                                         "bn1.num_batches_tracked", "fc.weight", "fc.bias"));
  const at::Tensor& weight = model.tensor("conv1.weight");
  EXPECT_EQ(weight.strides(), at::IntArrayRef({27, 1, 9, 3}));
  EXPECT_EQ(weight.contiguous().view(-1)[107].item<float>(), 107);
  EXPECT_EQ(model.tensor("bn1.num_batches_tracked").dim(), 0);
  EXPECT_EQ(model.tensor("fc.bias")[1].item<float>(), -2);
  EXPECT_EQ(archive.tensor("parameter")[0].item<float>(), 0.5f);
  EXPECT_EQ(archive.child("shared").tensor("rest")[0].item<float>(), 3);
  EXPECT_EQ(archive.integer("epoch"), 90);
  EXPECT_EQ(archive.integer("done"), 1);
  EXPECT_EQ(archive.integer("big"), -(std::int64_t{1} << 62));
  EXPECT_EQ(archive.real("lr"), 0.125);
  EXPECT_EQ(archive.text("name"), "r50");
  EXPECT_EQ(archive.child("momentum").tensor("0").scalar_type(), at::kHalf);
}

TEST_F(CheckpointPython, WhatAnArchiveCannotHoldIsRefusedByName) {
  expect_success(R"(
import sys, torch
for i, content in enumerate([{'a': {'losses': [1, 2]}}, {'a': None}, torch.ones(2),
                             {'big': 2**70}, {'net': torch.nn.Linear(2, 2)},
                             {'s': torch.ones(2, 2).to_sparse()}]):
    torch.save(content, sys.argv[1] + str(i))
)");
  const std::vector<std::string> reasons = {
      "'a.losses' is not a tensor, number, text or group of these.",
      "'a' is not a tensor, number, text or group of these.",
      "it does not hold a dict at the top.",
      "it holds an integer of more than 64 bits.",
      "its pickle has an instruction that checkpoints do not use (code 129).",
      "'s' is a torch._utils._rebuild_sparse_tensor, not a plain tensor."};
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const std::string file = path + std::to_string(i);
    EXPECT_EQ(refusal_of(file), "'" + file + "' cannot be used as a checkpoint: " + reasons[i]);
  }
}

// Programs of a pickle are never run, whatever they ask for.
TEST_F(CheckpointPython, AMaliciousPickleDoesNothing) {
  expect_success(R"(
import sys, torch, os
class Evil:
    def __reduce__(self):
        return (os.system, ('touch ' + sys.argv[1] + '.touched',))
torch.save({'x': Evil()}, sys.argv[1])
)");
  EXPECT_THAT(refusal(), HasSubstr("'x' is a posix.system, not a plain tensor"));
  EXPECT_FALSE(real_files().exists(path + ".touched"));
}

TEST_F(CheckpointPython, ZipsOfOtherToolsAreRefusedWithAReason) {
  expect_success(R"(
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('archive/data.pkl', b'x' * 1000)
)");
  EXPECT_THAT(refusal(), HasSubstr("its part 'archive/data.pkl' is compressed"));
  expect_success(R"(
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('archive/readme', b'x')
)");
  EXPECT_THAT(refusal(), HasSubstr("it has no part 'data.pkl'"));
}

}  // namespace
}  // namespace r50::checkpoint
