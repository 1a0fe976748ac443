// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/trainer.h"

#include <memory>
#include <string>
#include <vector>

namespace viva::testing_support {

/// Sizes a step of which takes milliseconds.
[[nodiscard]] TextConfig tinyTextConfig();

/// A decoder with seeded random weights, packed.
[[nodiscard]] Decoder tinyDecoder(const TextConfig& config, std::uint64_t seed);

/// A handful of examples with random prompts of different lengths.
class TinyExamples final : public ExampleSource {
public:
    TinyExamples(std::size_t count, const TextConfig& config);
    [[nodiscard]] std::size_t size() const override { return m_examples.size(); }
    [[nodiscard]] TrainExample example(std::size_t index) override { return m_examples.at(index); }

private:
    std::vector<TrainExample> m_examples;
};

/// Settings of a short run on the tiny decoder.
[[nodiscard]] TrainConfig tinyTrainConfig();

/// Everything a trainer needs, made from seeds; two of them with the same settings are equal.
struct TinyRun {
    explicit TinyRun(const TrainConfig& config, int workers = 1,
                     std::function<void(std::int64_t)> beforeMicroBatch = {});

    /// What the trainer works with; for another trainer on the same model.
    [[nodiscard]] TrainerParts parts();

    /// Runs steps and returns their events.
    std::vector<TrainingEvent> run(int steps);

    TrainConfig config;
    Decoder decoder;
    LoraAdapter adapter;
    TinyExamples examples;
    WorkerPool pool;
    std::unique_ptr<Trainer> trainer;
};

/// The events of one kind.
template<typename Event>
[[nodiscard]] std::vector<Event> only(const std::vector<TrainingEvent>& events) {
    std::vector<Event> result;
    for (const auto& event : events)
        if (const auto* match = std::get_if<Event>(&event))
            result.push_back(*match);
    return result;
}

/// Everything in the groups that must be equal in equal runs, as text.
[[nodiscard]] std::string answersText(const std::vector<TrainingEvent>& events);

/// Largest difference between the adapters' values.
[[nodiscard]] double adapterDistance(const LoraAdapter& a, const LoraAdapter& b);

} // namespace viva::testing_support
