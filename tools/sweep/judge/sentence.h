#pragma once

// A verdict in words: "max_lr 0.4 over max_lr 0.8 by 0.4 ± 0.6 pp: not separable with 3 seeds; 5
// more would do".

#include <string>
#include <vector>

#include "sweep/judge/varied_parameters.h"
#include "sweep/judge/verdict.h"

namespace r50::sweep::judge {

// "pp", percentage points, for top1 and top5 of any weight set; nothing for a loss.
std::string unit_of_difference(const std::string& metric);

// Why a comparison was not judged: as a sentence's end, and in few words.
struct WhyNotJudged {
  std::string sentence, words;
};
WhyNotJudged why_not_judged(const Comparison& one);

// "0.012", "< 0.001".
std::string p_text(double p);

// "0.4 ± 0.6": as many digits as the uncertainty deserves, one, or two where the first is 1.
std::string with_uncertainty(double value, double half_width);

// One for each comparison of the verdict.
std::vector<std::string> sentences(const Verdict& verdict, const Names& names,
                                   const std::string& metric);

// The one to begin with: who wins, or why nobody does.
std::string headline(const Verdict& verdict, const Names& names);

}  // namespace r50::sweep::judge
