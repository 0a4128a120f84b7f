// SPDX-License-Identifier: Apache-2.0
// A run of the quickstart's shape with round numbers, so that a test can work its metrics out by hand.
#pragma once

#include <edgeeval/record.hpp>

namespace edgeeval {

/// One model, one task, five variants: "base" FP16, "lora-fp16", "lora-int8", "lora-int4" and "qlora".
/// Each was served to four items in a load window of 10 s with 400 J [200, 800] modelled: 100 J a request,
/// 200 output tokens (and 200 prompt tokens a request), 20 tok/s; ready after 2 s. LoRA's adaptation took 3.6e5 J [1.8e5, 7.2e5], QLoRA's
/// 7.2e5 J; merging and quantizing 1,000 J each. F1 by item: base 0, 0, 0.5, 0.5; LoRA FP16 1, 1, 1, 0.5;
/// INT8 the same; INT4 1, 1, 0.5, 0.5; QLoRA 1, 0, 1, 0.5. Weight files 200, 100 and 50 MB. Electricity 0.12
/// USD/kWh, the API 0.00125 USD a request.
[[nodiscard]] RunRecord sample_run();

}  // namespace edgeeval
