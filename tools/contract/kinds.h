#pragma once

#include "contract/subject.h"

namespace r50::contract {

// What holds for plugins of every kind: docs, keys, defaults, messages.
void check_schema(Subject& subject);

// What an interface promises: read beside the interface's own header.
void check_dataset(Subject& subject);
void check_augmentation(Subject& subject);
void check_model(Subject& subject);
void check_optimizer(Subject& subject);
void check_scheduler(Subject& subject);
void check_averaging(Subject& subject);
void check_loss(Subject& subject);
void check_logger(Subject& subject);

}  // namespace r50::contract
