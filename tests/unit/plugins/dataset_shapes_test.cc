#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "r50/dataset.h"
#include "support/plugins/plugin_under_test.h"
#include "support/python.h"

namespace r50::test {
namespace {

Held<Dataset> open(const std::string& more = "", std::int64_t size = 32) {
  return build<Dataset>("use = 'shapes'\n" + more, {.seed = 1, .image_size = size});
}

struct Picture {
  std::string pixels;
  std::int64_t label;
  ImageSize size;
};

Picture read(const Held<Dataset>& dataset, Split split, std::int64_t index) {
  SampleBuffer buffer;
  const Sample sample = dataset.call([&](auto& it) { return it.read(split, index, buffer); });
  return {std::string(sample.bytes.begin(), sample.bytes.end()), sample.label, sample.size};
}

std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : text) {
    hash = (hash ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3u;
  }
  return hash;
}

TEST(Shapes, DrawsTheSamePixelsOnEveryMachine) {
  const auto dataset = open();
  std::string all;
  for (std::int64_t i = 0; i < 40; ++i) all += read(dataset, Split::train, i).pixels;
  // After a change of the drawing: raise its version in shapes.cc, and put the new number here.
  EXPECT_EQ(hash_of(all), 2688375129866103446u);
}

TEST(Shapes, IsAPureFunctionOfSplitAndIndex) {
  const auto dataset = open(), again = open();
  const std::string once = read(dataset, Split::train, 7).pixels;
  read(dataset, Split::train, 8);
  EXPECT_EQ(read(dataset, Split::train, 7).pixels, once);
  EXPECT_EQ(read(again, Split::train, 7).pixels, once);
  EXPECT_NE(read(dataset, Split::evaluate, 7).pixels, once);
  EXPECT_NE(read(dataset, Split::train, 17).pixels, once);
  EXPECT_NE(read(open("seed = 2"), Split::train, 7).pixels, once);
}

TEST(Shapes, HasAsManyOfEachClassAsItCan) {
  const auto dataset = open("classes = 12\ntrain_images = 120");
  std::map<std::int64_t, int> count;
  for (std::int64_t i = 0; i < 120; ++i) ++count[read(dataset, Split::train, i).label];
  EXPECT_EQ(count.size(), 12u);
  for (const auto& [label, images] : count) EXPECT_EQ(images, 10) << label;
}

TEST(Shapes, DrawsAtTheSizeThatIsAskedFor) {
  EXPECT_EQ(read(open("", 48), Split::train, 0).size, (ImageSize{48, 48}));
  const Picture picture = read(open("size = 96", 48), Split::train, 0);
  EXPECT_EQ(picture.size, (ImageSize{96, 96}));
  EXPECT_EQ(picture.pixels.size(), 96u * 96 * 3);
}

TEST(Shapes, AnotherDataSetHasAnotherFingerprint) {
  const auto fingerprint = [](const std::string& more) {
    return open(more).call([](auto& it) { return it.info().fingerprint; });
  };
  EXPECT_EQ(fingerprint(""), fingerprint("seed = 1"));
  for (const char* other : {"seed = 2", "size = 40", "classes = 11", "train_images = 100"}) {
    EXPECT_NE(fingerprint(""), fingerprint(other)) << other;
  }
}

// Softmax regression by L-BFGS until the gradient vanishes; a little weight decay, so that there is
// a point to converge to. Prints "NAME HELD-OUT-PERCENT GRADIENT" lines.
constexpr const char* linear_models = R"(
import sys, torch
import numpy as np
torch.set_num_threads(1)
folder, side = sys.argv[1], int(sys.argv[2])
def load(name):
    raw = np.fromfile(f'{folder}/{name}', np.uint8).reshape(-1, side, side, 3)
    # Means of 2 x 2 pixels: fewer weights to overfit with, so the harder test; and faster.
    raw = raw.reshape(-1, side // 2, 2, side // 2, 2, 3).mean((2, 4)) / 255
    return torch.from_numpy(raw.astype(np.float32)), torch.arange(len(raw)) % 10
train, train_labels = load('train')
held, held_labels = load('evaluate')
def regression(name, x, held_x):
    x, held_x = x.flatten(1), held_x.flatten(1)
    mean, std = x.mean(0), x.std(0) + 1e-6
    x, held_x = (x - mean) / std, (held_x - mean) / std
    weight = torch.zeros(x.shape[1], 10, requires_grad=True)
    bias = torch.zeros(10, requires_grad=True)
    search = torch.optim.LBFGS([weight, bias], max_iter=300, tolerance_grad=1e-4,
                               line_search_fn='strong_wolfe')
    def loss():
        search.zero_grad()
        value = torch.nn.functional.cross_entropy(x @ weight + bias, train_labels)
        value = value + 1e-3 * weight.square().sum()
        value.backward()
        return value
    search.step(loss)
    loss()
    right = ((held_x @ weight + bias).argmax(1) == held_labels).float().mean().item()
    print(name, 100 * right, max(weight.grad.abs().max(), bias.grad.abs().max()).item())
colors = torch.tensor([[label & 1, label >> 1 & 1, label >> 2 & 1] for label in range(8)]
                      + [[0.5, 0.5, 0], [0, 0.5, 0.5]])
def tinted(images, labels): return 0.3 * images + 0.7 * colors[labels][:, None, None, :]
def mean_color(images): return images.mean((1, 2))
regression('pixels', train, held)
regression('mean_color', mean_color(train), mean_color(held))
control, held_control = tinted(train, train_labels), tinted(held, held_labels)
regression('control_pixels', control, held_control)
regression('control_mean_color', mean_color(control), mean_color(held_control))
)";

TEST(Shapes, NeitherColourNorPlaceTellsTheClass) {
  if (std::system((python_program() + " -c 'import torch, numpy' >/dev/null 2>&1").c_str()) != 0) {
    GTEST_SKIP() << "Python's torch and numpy are not installed (tools/setup does)";
  }
  const TempFolder folder;
  const auto dataset = open();
  for (const auto& [split, name, images] :
       {std::tuple(Split::train, "train", 5000), {Split::evaluate, "evaluate", 2000}}) {
    std::string all;
    for (std::int64_t i = 0; i < images; ++i) all += read(dataset, split, i).pixels;
    folder.write(name, all);
  }
  std::istringstream lines(python(linear_models, {folder.path(), "32"}));
  std::map<std::string, double> percent;
  std::string name;
  for (double right = 0, gradient = 0; lines >> name >> right >> gradient;) {
    percent[name] = right;
    EXPECT_LT(gradient, 1e-3) << name << " has not converged";
    std::printf("%s: %.1f %% held out\n", name.c_str(), right);
  }
  EXPECT_LT(percent.at("pixels"), 30);
  EXPECT_LT(percent.at("mean_color"), 15);
  EXPECT_GT(percent.at("control_pixels"), 90);
  EXPECT_GT(percent.at("control_mean_color"), 90);
}

}  // namespace
}  // namespace r50::test
