#include "report/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "report/rows.h"
#include "sample_history.h"
#include "support/python.h"
#include "support/temp_folder.h"

namespace r50::report {
namespace {

constexpr const char* blue = "0072B2";
constexpr const char* vermilion = "D55E00";
constexpr const char* green = "009E73";

History history_of(const test::SampleRun& run) {
  const test::TempFolder folder;
  std::string content;
  for (const Row& row : test::sample_rows(run)) content += row_text(row) + "\n";
  folder.write("runs/one/2a/metrics.jsonl", content);
  return read_history(base::real_files(), folder / "runs/one/2a");
}

// Width, height, then how many pixels have each of the colours, as a decoder of zlib and filters
// that is not Cairo's sees them.
std::vector<int> pixels(const std::string& png, const std::vector<std::string>& colors) {
  const test::TempFolder folder;
  const std::string script = R"(
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n"
place, packed = 8, b""
while place < len(data):
    length, kind = struct.unpack(">I4s", data[place:place + 8])
    body = data[place + 8:place + 8 + length]
    checksum = data[place + 8 + length:place + 12 + length]
    assert zlib.crc32(kind + body) == struct.unpack(">I", checksum)[0]
    if kind == b"IHDR":
        width, height, depth, color = struct.unpack(">IIBB", body[:10])
        assert (depth, color) == (8, 2)
    if kind == b"IDAT":
        packed += body
    place += 12 + length
raw, stride = zlib.decompress(packed), width * 3
assert len(raw) == height * (stride + 1)
above, counts, colors = bytes(stride), {}, sys.argv[2:]
for y in range(height if colors else 0):
    kind = raw[y * (stride + 1)]
    row = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
    if kind == 1:
        for x in range(3, stride):
            row[x] = row[x] + row[x - 3] & 255
    elif kind == 2:
        row = bytearray(a + b & 255 for a, b in zip(row, above))
    elif kind == 3:
        for x in range(stride):
            row[x] = row[x] + ((row[x - 3] if x > 2 else 0) + above[x]) // 2 & 255
    elif kind == 4:
        for x in range(stride):
            a, c = (row[x - 3], above[x - 3]) if x > 2 else (0, 0)
            b = above[x]
            pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - c - c)
            row[x] = row[x] + (a if pa <= pb and pa <= pc else b if pb <= pc else c) & 255
    for x in range(0, stride, 3):
        pixel = bytes(row[x:x + 3])
        counts[pixel] = counts.get(pixel, 0) + 1
    above = row
print(width, height, *(counts.get(bytes.fromhex(color), 0) for color in colors))
)";
  std::vector<std::string> arguments = {folder.write("a.png", png)};
  arguments.insert(arguments.end(), colors.begin(), colors.end());
  std::istringstream words(test::python(script, arguments));
  std::vector<int> numbers;
  for (int number = 0; words >> number;) numbers.push_back(number);
  return numbers;
}

TEST(Curves, ShowEachSetInItsColor) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  const std::vector<std::string> colors = {blue, vermilion, green};
  const CurveOptions small{.width = 600, .height = 400, .title = ""};
  const History with_swa = history_of({.epochs = 60, .sets = {"plain", "ema"}, .swa_from = 40});
  const auto three = pixels(curves_png(with_swa, small), colors);
  ASSERT_EQ(three.size(), 5U);
  for (int i = 2; i < 5; ++i) EXPECT_GT(three[i], 20) << colors[i - 2];

  const auto one = pixels(curves_png(history_of({.epochs = 12}), small), colors);
  EXPECT_GT(one[2], 100);
  EXPECT_EQ(one[3], 0);
  EXPECT_EQ(one[4], 0);
}

TEST(Curves, ComeInOtherSizes) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  const History history = history_of({.epochs = 9});
  EXPECT_EQ(pixels(curves_png(history), {}), (std::vector{1200, 800}));
  EXPECT_EQ(pixels(curves_png(history, readme_size()), {}), (std::vector{640, 360}));
}

TEST(Curves, AreAFunctionOfTheHistory) {
  const std::string once = curves_png(history_of({.epochs = 5}));
  EXPECT_EQ(once, curves_png(history_of({.epochs = 5})));
  History renamed = history_of({.epochs = 5});
  renamed.name = "two";
  History better = history_of({.epochs = 5});
  better.epochs.back().sets[0].top1 += 1;
  History cooler = history_of({.epochs = 5});
  for (StepEvent& step : cooler.steps) step.lr *= 0.5;
  const std::set<std::string> pictures = {once, curves_png(renamed), curves_png(better),
                                          curves_png(cooler),
                                          curves_png(history_of({.epochs = 6}))};
  EXPECT_EQ(pictures.size(), 5U);
}

TEST(Curves, OfUnusualHistoriesAreDrawn) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  History strange = history_of({.epochs = 4, .nan_from = 1});
  strange.name = "not \xff utf-8 \x01 and " + std::string(300, 'w');
  for (EpochEntry& entry : strange.epochs) {
    for (EvaluationEvent& result : entry.sets) result.top1 = INFINITY;
  }
  std::vector<std::string> many;
  for (int i = 0; i < 9; ++i) many.push_back("a set with a long name, number " + std::to_string(i));
  History unevaluated = history_of({.epochs = 3, .sets = {}});
  for (const History& history :
       {History{}, strange, history_of({.epochs = 1}), history_of({.epochs = 2}),
        history_of({.epochs = 8, .nan_from = 5}), history_of({.epochs = 3, .sets = many}),
        unevaluated}) {
    EXPECT_EQ(pixels(curves_png(history), {}), (std::vector{1200, 800}));
  }
}

}  // namespace
}  // namespace r50::report
