// The key functions of the interfaces that know tensors. A class's type information lies where its
// first out-of-line virtual function lies: here, once, so that exceptions and dynamic casts work
// across plugins, which are loaded with local symbols.

#include "plugin/interfaces.h"

#include "r50/batch.h"

namespace r50 {

Augmentation::~Augmentation() = default;
RegionStage::~RegionStage() = default;
PixelStage::~PixelStage() = default;
BatchStage::~BatchStage() = default;
MicroBatchSource::~MicroBatchSource() = default;
Averaging::~Averaging() = default;
Loss::~Loss() = default;
Model::~Model() = default;

Gradients::~Gradients() = default;
Optimizer::~Optimizer() = default;
bool Optimizer::wants_again(std::int64_t) const { return false; }
double Optimizer::momentum() const { return 0; }
void Optimizer::weights_for(Phase) {}

}  // namespace r50
