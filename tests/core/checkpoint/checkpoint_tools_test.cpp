// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors_view.h"
#include "core/checkpoint/export_adapter.h"
#include "core/checkpoint/inspect_dump.h"
#include "core/checkpoint/merge_model.h"
#include "core/checkpoint/shape_bench.h"
#include "core/config/parameter_count.h"
#include "core/modelcard/model_card.h"
#include "core/nn/safetensors.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(VIVA_GOLDEN_DIR) / "models";

/// Largest difference over the first rows that both have.
double difference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest =
            std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

class CheckpointTools : public testing::Test {
protected:
    /// What stands in the prompt of a golden clip from `opening` to the end of the turn.
    static std::string turnOf(const nlohmann::json& clip, const std::string& opening) {
        const auto prompt = clip.at("prompt").get<std::string>();
        const std::size_t begin = prompt.find(opening) + opening.size();
        return prompt.substr(begin, prompt.find("<|end_of_text|>", begin) - begin);
    }

    [[nodiscard]] SafetensorsView dump(const fs::path& model, const std::string& name,
                                       const fs::path& adapter = {}, bool bundled = true) const {
        const nlohmann::json expect = readJsonFile(kModels / "g33-tied" / "expect.json");
        const auto& clip = expect.at("clips").at("chirp31");
        DumpRequest request;
        request.model.modelFolder = model;
        request.model.adapterFolder = adapter;
        request.model.device = Device::Cpu;
        request.model.threads = 1;
        request.clip = kModels / clip.at("file").get<std::string>();
        request.question = turnOf(clip, "<|audio|>");
        request.system = turnOf(clip, "<|start_of_role|>system<|end_of_role|>");
        request.bundled = bundled;
        request.output = m_folder / name;
        EXPECT_FALSE(dumpActivations(request).tensors.empty());
        return SafetensorsView(request.output);
    }

    static std::vector<float> values(const SafetensorsView& view, const std::string& name) {
        return toFloats(view.get(name));
    }

    test::TempDir m_folder;
};

TEST_F(CheckpointTools, ADumpHoldsEveryStageAndEqualsTheReference) {
    const fs::path model = kModels / "g33-tied";
    const SafetensorsView got = dump(model, "dump.safetensors");
    const SafetensorsView want(model / "expect.safetensors");
    const auto near = [&](const std::string& name, const std::string& stored, double limit) {
        ASSERT_FALSE(values(got, name).empty()) << name;
        EXPECT_LT(difference(values(got, name), values(want, stored)), limit) << name;
    };
    near("features", "chirp31/features", 2e-4);
    near("encoder/input_linear", "chirp31/encoder/input_linear", 1e-4);
    near("encoder/mid", "chirp31/encoder/mid", 1e-4);
    near("encoder/final", "chirp31/encoder/final", 1e-4);
    near("projector/out", "chirp31/projector/out", 2e-6);
    near("merged", "chirp31/merged", 2e-6);
    near("lm/layer0", "chirp31/lm/on/layer0", 1e-3);
    near("logits", "chirp31/logits_all/on", 1e-4);
    const auto ids = readJsonFile(model / "expect.json").at("clips").at("chirp31").at("prompt_ids");
    EXPECT_EQ(values(got, "ids"), ids.get<std::vector<float>>());
    EXPECT_EQ(got.metadata().at("bundled_adapter"), "on");
}

TEST_F(CheckpointTools, AMergedCheckpointComputesWhatTheAdapterDid) {
    const fs::path model = kModels / "g33-tied", adapter = model / "peft-adapter";
    const SafetensorsView live = dump(model, "live.safetensors", adapter);
    const SafetensorsView without = dump(model, "without.safetensors");
    EXPECT_GT(difference(values(live, "logits"), values(without, "logits")), 1e-2);

    // As a shell's completion writes it, with a closing slash.
    MergeRequest request{model, adapter, m_folder / "kept" / "", false, "", 20'000};
    const MergeResult kept = mergeAdapter(request);
    EXPECT_GT(kept.foldedLayers, 0);
    EXPECT_GT(kept.files.size(), 1U) << "20 kB a shard";
    EXPECT_TRUE(fs::exists(m_folder / "kept" / "adapter_model.safetensors"));
    EXPECT_LT(difference(values(dump(m_folder / "kept", "kept.safetensors"), "logits"),
                         values(live, "logits")),
              2e-4);

    request.outputFolder = m_folder / "folded";
    request.foldBundled = true;
    const MergeResult folded = mergeAdapter(request);
    EXPECT_FALSE(fs::exists(m_folder / "folded" / "adapter_config.json"));
    EXPECT_GE(folded.foldedLayers, kept.foldedLayers);
    EXPECT_LT(difference(values(dump(m_folder / "folded", "folded.safetensors"), "logits"),
                         values(live, "logits")),
              2e-4);
    EXPECT_FALSE(readModelCard(m_folder / "folded").bundled);
    EXPECT_EQ(readModelCard(m_folder / "folded").parameters(), readModelCard(model).parameters());
}

TEST_F(CheckpointTools, AnAdapterGoesOutInBothStylesAndComputesTheSame) {
    const fs::path model = kModels / "g33-tied", adapter = model / "peft-adapter";
    const auto want = values(dump(model, "live.safetensors", adapter), "logits");
    (void)exportAdapter(adapter, m_folder / "granite", AdapterFileStyle::Checkpoint);
    const ExportResult back =
        exportAdapter(m_folder / "granite", m_folder / "peft", AdapterFileStyle::Peft);
    EXPECT_FALSE(back.withProjector);
    const auto names = [](const fs::path& folder) {
        return SafetensorsView(folder / "adapter_model.safetensors").names();
    };
    EXPECT_THAT(names(m_folder / "granite"),
                testing::Each(testing::StartsWith("language_model.model.layers.")));
    EXPECT_EQ(names(m_folder / "peft"), names(adapter));
    for (const char* folder : {"granite", "peft"})
        EXPECT_EQ(
            difference(values(dump(model, "out.safetensors", m_folder / folder), "logits"), want),
            0.0)
            << folder;
    EXPECT_THROW((void)exportAdapter(adapter, m_folder / "peft", AdapterFileStyle::Peft), Error);
}

/// The same checkpoint as 3.2 has it: llm_config, audio_token_id and the names of its encoder.
void makeLegacy(const fs::path& from, const fs::path& to) {
    fs::copy(from, to, fs::copy_options::recursive);
    nlohmann::json config = readJsonFile(from / "config.json");
    config["llm_config"] = config["text_config"];
    config.erase("text_config");
    writeFileAtomically(to / "config.json", config.dump());
    fs::remove(to / "model.safetensors");
    NamedTensors tensors;
    for (const auto& [stored, tensor] : readSafetensors(from / "model.safetensors")) {
        std::string name = stored;
        const auto rename = [&](const std::string& old, const std::string& now) {
            if (const auto at = name.find(old); at != std::string::npos)
                name.replace(at, old.size(), now);
        };
        if (name.starts_with("encoder.layers.")) {
            const std::size_t end = name.find('.', 15);
            name = "encoder.rnn_tr." + std::to_string(std::stoi(name.substr(15, end - 15)) + 1) +
                   name.substr(end);
            for (const std::string ff : {".ff1.", ".ff2."}) {
                rename(ff + "pre_norm.", ff + "fn.norm.");
                rename(ff + "up_proj.", ff + "fn.fn.net.0.");
                rename(ff + "down_proj.", ff + "fn.fn.net.3.");
            }
            rename(".attn.pre_norm.", ".attn.norm#");
            rename(".attn.to_", ".attn.fn.to_");
            rename(".attn.rel_pos_emb.", ".attn.fn.rel_pos_emb.");
            rename(".attn.norm#", ".attn.norm.");
            rename(".conv.norm.", ".conv.net.0.");
            rename(".conv.up_conv.", ".conv.net.2.");
            rename(".conv.depth_conv.", ".conv.net.4.");
            rename(".conv.batch_norm.", ".conv.net.5.");
            rename(".conv.down_conv.", ".conv.net.7.");
        }
        rename("encoder.input_linear.", "encoder.rnn_tr.0.");
        tensors.emplace_back(name, tensor.clone());
    }
    saveSafetensors(to / "model.safetensors", tensors);
}

TEST_F(CheckpointTools, AFolderOf32ComputesTheSameAndMergesIntoToday) {
    const fs::path model = kModels / "g33-tied", adapter = model / "peft-adapter";
    const fs::path legacy = m_folder / "g32";
    makeLegacy(model, legacy);
    const SafetensorsView live = dump(model, "live.safetensors", adapter);
    EXPECT_EQ(difference(values(dump(legacy, "legacy.safetensors", adapter), "logits"),
                         values(live, "logits")),
              0.0);
    EXPECT_EQ(readModelCard(legacy).parameters(), readModelCard(model).parameters());

    (void)mergeAdapter({legacy, adapter, m_folder / "today"});
    EXPECT_LT(difference(values(dump(m_folder / "today", "today.safetensors"), "logits"),
                         values(live, "logits")),
              2e-4);
    // transformers knows the section under today's name only.
    const nlohmann::json config = readJsonFile(m_folder / "today" / "config.json");
    EXPECT_TRUE(config.contains("text_config"));
    EXPECT_FALSE(config.contains("llm_config"));
    for (const ModelWeight& weight : readModelCard(m_folder / "today").weights)
        EXPECT_EQ(weight.name.find("rnn_tr"), std::string::npos);
}

TEST_F(CheckpointTools, MergingChangesTheDtypeWhereAsked) {
    MergeRequest request{kModels / "plus", kModels / "plus" / "peft-adapter", m_folder / "half",
                         false, "bfloat16"};
    (void)mergeAdapter(request);
    const ModelCard card = readModelCard(m_folder / "half");
    EXPECT_EQ(card.parts.front().dtypes, "BF16");
    EXPECT_EQ(card.config.encoder.capturedLayers, (std::vector<std::int64_t>{3}));
}

TEST_F(CheckpointTools, MergingRefusesWhatItCannotDo) {
    const auto refused = [&](const MergeRequest& request) {
        try {
            (void)mergeAdapter(request);
        } catch (const Error& error) {
            EXPECT_FALSE(fs::exists(request.outputFolder / "config.json"));
            return error.code();
        }
        ADD_FAILURE() << "was accepted";
        return ErrorCode::Internal;
    };
    const fs::path tied = kModels / "g33-tied", plus = kModels / "plus";
    EXPECT_EQ(refused({tied, {}, m_folder / "a"}), ErrorCode::InvalidArgument);
    EXPECT_EQ(refused({plus, {}, m_folder / "a", true}), ErrorCode::InvalidArgument);
    EXPECT_EQ(refused({plus, kModels / "g33-sharded" / "peft-adapter", m_folder / "a"}),
              ErrorCode::ShapeMismatch);
    EXPECT_EQ(refused({plus, plus / "peft-adapter", m_folder / "a", false, "int4"}),
              ErrorCode::InvalidArgument);
    writeFileAtomically(m_folder / "full" / "mine.txt", "keep");
    EXPECT_EQ(refused({plus, plus / "peft-adapter", m_folder / "full"}),
              ErrorCode::InvalidArgument);
    EXPECT_TRUE(fs::exists(m_folder / "full" / "mine.txt"));
}

TEST_F(CheckpointTools, AStoppedMergeLeavesNothing) {
    std::stop_source source;
    source.request_stop();
    const MergeRequest request{kModels / "plus", kModels / "plus" / "peft-adapter", m_folder / "x"};
    EXPECT_TRUE(mergeAdapter(request, {}, source.get_token()).stopped);
    EXPECT_TRUE(fs::is_empty(m_folder.path()));
}

TEST_F(CheckpointTools, OpeningTellsItsProgressAndStops) {
    ModelChoice choice;
    choice.modelFolder = kModels / "g33-sharded";
    choice.device = Device::Cpu;
    choice.threads = 1;
    std::vector<double> shares;
    EXPECT_TRUE(InferenceSession::open(choice, [&](double share) { shares.push_back(share); }, {}));
    EXPECT_GT(shares.size(), 10U);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_DOUBLE_EQ(shares.back(), 1.0);
    std::stop_source source;
    EXPECT_FALSE(InferenceSession::open(
        choice, [&](double) { source.request_stop(); }, source.get_token()));
}

TEST_F(CheckpointTools, AConfigurationTooLargeForItsWeightsIsRefusedBeforeMemoryIsTaken) {
    fs::copy(kModels / "plus", m_folder / "big", fs::copy_options::recursive);
    nlohmann::json config = readJsonFile(m_folder / "big" / "config.json");
    config["text_config"]["intermediate_size"] = 100'000;
    config["text_config"]["num_hidden_layers"] = 500;
    writeFileAtomically(m_folder / "big" / "config.json", config.dump());
    ModelChoice choice;
    choice.modelFolder = m_folder / "big";
    choice.device = Device::Cpu;
    try {
        InferenceSession session(choice);
        ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_THAT(error.what(), testing::HasSubstr("do not belong together"));
    }
}

TEST(ShapeBench, CutsLayersAndRefusesMoreThanThereAre) {
    ShapeBenchRequest request;
    request.shape = "plus";
    request.layers = 2;
    request.encoderLayers = 2;
    const SpeechModelConfig model = benchModel(request);
    EXPECT_EQ(model.text.numHiddenLayers, 2);
    EXPECT_EQ(model.encoder.layers, 2);
    EXPECT_EQ(model.encoder.outputWidth, 1024);
    request.layers = 41;
    EXPECT_THROW((void)benchModel(request), Error);
    request.shape = "granite-speech-0";
    EXPECT_THROW((void)benchModel(request), Error);
}

TEST(ShapeBench, TheWeightsOfThePublishedShapeCount) {
    ShapeBenchRequest request;
    const MemoryEstimate estimate = benchEstimate(request, false);
    EXPECT_GT(estimate.total(), 3'009'285'376ULL * 4);
}

} // namespace
} // namespace viva
