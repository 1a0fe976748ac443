// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_config.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

fs::path golden(const std::string& name) {
    return fs::path(VIVA_GOLDEN_DIR) / "models" / name;
}

class GraniteConfigFiles : public testing::Test {
protected:
    GraniteConfigFiles()
        : m_folder(fs::temp_directory_path() / ("viva_config_" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        m_config = readJsonFile(golden("g33-tied") / "config.json");
        m_extractor = readJsonFile(golden("g33-tied") / "preprocessor_config.json");
    }
    ~GraniteConfigFiles() override { fs::remove_all(m_folder); }

    GraniteConfig read() const {
        writeFileAtomically(m_folder / "config.json", m_config.dump());
        if (!m_extractor.is_null())
            writeFileAtomically(m_folder / "preprocessor_config.json", m_extractor.dump());
        return readGraniteConfig(m_folder);
    }
    /// The message of the error that reading must give.
    std::string failure(ErrorCode code) const {
        try {
            (void)read();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }
    void expectRefused(const std::string& section, const std::string& key, const Json& value) {
        const Json before = m_config;
        m_config[section][key] = value;
        const std::string text = failure(ErrorCode::InvalidArgument);
        EXPECT_NE(text.find(key), std::string::npos) << text;
        m_config = before;
    }

    fs::path m_folder;
    Json m_config;
    Json m_extractor;
};

TEST_F(GraniteConfigFiles, ReadsTheGoldenFolders) {
    const auto tied = readGraniteConfig(golden("g33-tied"));
    EXPECT_EQ(tied.encoder.numLayers, 4);
    EXPECT_EQ(tied.encoder.contextSize, 8);
    EXPECT_EQ(tied.text.headDim, 16);
    EXPECT_EQ(tied.text.ropeTheta, 1e7);
    EXPECT_TRUE(tied.text.tieWordEmbeddings);
    ASSERT_TRUE(tied.bundledAdapter);
    EXPECT_EQ(tied.bundledAdapter->rank, 4);
    EXPECT_EQ(tied.bundledAdapter->scale(), 0.5);
    EXPECT_EQ(tied.bundledAdapter->targetModules, (std::vector<std::string>{"q_proj", "v_proj"}));
    const auto plus = readGraniteConfig(golden("plus"));
    EXPECT_EQ(plus.modelType, "granite_speech_plus");
    EXPECT_EQ(plus.encoder.catHiddenLayers, (std::vector<std::int64_t>{3}));
    EXPECT_EQ(plus.encoder.outputWidth(), 64);
    EXPECT_EQ(plus.features.melBins, 80);
    const auto untied = readGraniteConfig(golden("g41-untied"));
    EXPECT_EQ(untied.text.ropeTheta, 1e4);
    EXPECT_EQ(untied.text.rmsNormEps, 1e-3);
    EXPECT_FALSE(untied.text.tieWordEmbeddings);
    EXPECT_EQ(untied.audioTokenIndex, 639);
    EXPECT_FALSE(untied.bundledAdapter);
}

TEST_F(GraniteConfigFiles, CountsFramesAndTokensAsTheSpecificationDoes) {
    GraniteConfig config;
    const std::pair<std::int64_t, std::pair<std::int64_t, std::int64_t>> cases[] = {
        {142100, {444, 90}},   {269920, {844, 171}},     {176000, {550, 111}},
        {480000, {1500, 300}}, {8000000, {25000, 5001}}, {257, {1, 3}},
        {319, {1, 3}},         {4640, {15, 3}},          {9837, {31, 9}}};
    for (const auto& [samples, want] : cases) {
        EXPECT_EQ(featureFrames(samples, config.features), want.first) << samples;
        EXPECT_EQ(audioTokenCount(want.first, describe(config)), want.second) << samples;
    }
}

TEST_F(GraniteConfigFiles, OtherSpellingsMeanTheSame) {
    m_config["audio_token_id"] = m_config["audio_token_index"];
    m_config.erase("audio_token_index");
    m_config["llm_config"] = m_config["text_config"];
    m_config.erase("text_config");
    m_config["llm_config"].erase("rope_theta");
    m_config["llm_config"]["rope_parameters"] = {{"rope_theta", 12345.0}, {"rope_type", "default"}};
    const auto config = read();
    EXPECT_EQ(config.audioTokenIndex, 511);
    EXPECT_EQ(config.text.ropeTheta, 12345.0);
}

TEST_F(GraniteConfigFiles, NullAndMissingHeadSizes) {
    m_config["encoder_config"]["dim_head"] = nullptr;
    m_config["encoder_config"]["num_heads"] = 4;
    EXPECT_EQ(read().encoder.dimHead, 8);
    m_config["encoder_config"].erase("dim_head");
    EXPECT_EQ(read().encoder.dimHead, 128);
    m_config["text_config"]["head_dim"] = 32;
    EXPECT_EQ(read().text.headDim, 32);
}

TEST_F(GraniteConfigFiles, UnknownKeysAreLeftAlone) {
    m_config["something_new"] = {{"a", 1}};
    m_config["text_config"]["another"] = "thing";
    EXPECT_NO_THROW((void)read());
}

TEST_F(GraniteConfigFiles, DisagreementsAreSettledAndSaid) {
    m_config["tie_word_embeddings"] = false;
    m_extractor["n_mels"] = 64;
    m_extractor["projector_window_size"] = 10;
    const auto config = read();
    EXPECT_TRUE(config.text.tieWordEmbeddings);
    EXPECT_EQ(config.features.melBins, 80);
    EXPECT_EQ(config.windowSize, 15);
    std::string all;
    for (const auto& note : config.notes)
        all += note + "\n";
    for (const char* part : {"tie_word_embeddings", "n_mels", "projector_window_size"})
        EXPECT_NE(all.find(part), std::string::npos) << all;
}

TEST_F(GraniteConfigFiles, FlatMelSizesCountWhereTheyAloneFit) {
    m_extractor["n_mels"] = 80;
    m_extractor["melspec_kwargs"]["n_mels"] = 40;
    EXPECT_EQ(read().features.melBins, 80);
    m_extractor.erase("melspec_kwargs");
    m_extractor["n_fft"] = 400;
    EXPECT_EQ(read().features.fftSize, 400);
}

TEST_F(GraniteConfigFiles, CapturedLayersAreASetBelowTheLayerCount) {
    m_config["encoder_config"]["cat_hidden_layers"] = {3, 1, 3, 4, 0};
    m_config["projector_config"]["encoder_hidden_size"] = 128;
    const auto config = read();
    EXPECT_EQ(config.encoder.catHiddenLayers, (std::vector<std::int64_t>{0, 1, 3}));
    EXPECT_FALSE(config.notes.empty());
}

TEST_F(GraniteConfigFiles, ValuesThatCannotBeAreRefused) {
    for (const Json& bad : {Json(0), Json(-1), Json(1 << 30)}) {
        expectRefused("encoder_config", "num_layers", bad);
        expectRefused("encoder_config", "hidden_dim", bad);
        expectRefused("encoder_config", "context_size", bad);
        expectRefused("projector_config", "num_attention_heads", bad);
        expectRefused("text_config", "vocab_size", bad);
        expectRefused("text_config", "hidden_size", bad);
    }
    expectRefused("encoder_config", "context_size", 17); // max_pos_emb is 16
    expectRefused("encoder_config", "input_dim", 128);
    expectRefused("projector_config", "hidden_size", 33);
    expectRefused("projector_config", "encoder_hidden_size", 64);
    expectRefused("projector_config", "layer_norm_eps", 0);
    expectRefused("text_config", "num_key_value_heads", 3);
    expectRefused("text_config", "head_dim", 15);
    expectRefused("text_config", "logits_scaling", 0);
    expectRefused("text_config", "eos_token_id", 512);
}

TEST_F(GraniteConfigFiles, WhatIsNotComputedIsRefused) {
    expectRefused("text_config", "hidden_act", "gelu");
    expectRefused("text_config", "model_type", "llama");
    expectRefused("text_config", "rope_scaling", {{"rope_type", "yarn"}, {"factor", 2.0}});
    expectRefused("projector_config", "hidden_act", "gelu_new");
    expectRefused("projector_config", "position_embedding_type", "relative_key");
    expectRefused("projector_config", "use_qformer_text_input", true);
    m_config["model_type"] = "granite_speech_nar";
    EXPECT_NE(failure(ErrorCode::InvalidArgument).find("granite_speech_nar"), std::string::npos);
}

TEST_F(GraniteConfigFiles, AnAudioTokenOutsideTheVocabularyIsRefused) {
    m_config["audio_token_index"] = 512;
    failure(ErrorCode::InvalidArgument);
}

TEST_F(GraniteConfigFiles, WrongTypesAndMissingSectionsAreFormatErrors) {
    m_config["encoder_config"]["num_layers"] = "four";
    EXPECT_NE(failure(ErrorCode::Format).find("num_layers"), std::string::npos);
    m_config["encoder_config"] = 5;
    failure(ErrorCode::Format);
    m_config.erase("encoder_config");
    EXPECT_NE(failure(ErrorCode::Format).find("encoder_config"), std::string::npos);
    m_config = Json::array();
    failure(ErrorCode::Format);
}

TEST_F(GraniteConfigFiles, AMissingFileOrFolderIsNotFound) {
    for (const auto& folder : {m_folder, m_folder / "nowhere"}) {
        try {
            (void)readGraniteConfig(folder);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::NotFound);
        }
    }
}

TEST_F(GraniteConfigFiles, WhatIsWrittenIsReadBack) {
    for (const char* name : {"g33-tied", "g41-untied", "plus", "g33-sharded"}) {
        auto config = readGraniteConfig(golden(name));
        writeGraniteConfig(m_folder, config);
        const auto again = readGraniteConfig(m_folder);
        EXPECT_EQ(again.modelType, config.modelType);
        EXPECT_EQ(again.encoder.catHiddenLayers, config.encoder.catHiddenLayers);
        EXPECT_EQ(again.encoder.dimHead, config.encoder.dimHead);
        EXPECT_EQ(again.encoder.outputDim, config.encoder.outputDim);
        EXPECT_EQ(again.projector.layerNormEps, config.projector.layerNormEps);
        EXPECT_EQ(again.text.ropeTheta, config.text.ropeTheta);
        EXPECT_EQ(again.text.residualMultiplier, config.text.residualMultiplier);
        EXPECT_EQ(again.text.tieWordEmbeddings, config.text.tieWordEmbeddings);
        EXPECT_EQ(again.text.eosTokenId, config.text.eosTokenId);
        EXPECT_EQ(again.audioTokenIndex, config.audioTokenIndex);
        EXPECT_EQ(again.features.melBins, config.features.melBins);
    }
}

TEST_F(GraniteConfigFiles, EveryTokenThatEndsAnAnswerIsKnown) {
    m_config["text_config"]["eos_token_id"] = {3, 5};
    writeFileAtomically(m_folder / "generation_config.json",
                        Json{{"eos_token_id", {5, 3, 9}}, {"repetition_penalty", 1.2}}.dump());
    const auto config = read();
    EXPECT_EQ(config.text.eosTokenId, 3);
    EXPECT_EQ(config.text.eosTokenIds(), (std::vector<std::int64_t>{3, 5, 9}));
    EXPECT_TRUE(std::ranges::any_of(config.notes, [](const std::string& note) {
        return note.find("repetition penalty of 1.2") != std::string::npos;
    }));
    writeFileAtomically(m_folder / "generation_config.json", Json{{"eos_token_id", 100000}}.dump());
    EXPECT_NE(failure(ErrorCode::InvalidArgument).find("eos_token_id"), std::string::npos);
}

class AdapterConfigFile : public GraniteConfigFiles {
protected:
    AdapterConfigFile() { m_adapter = readJsonFile(golden("g33-tied") / "adapter_config.json"); }

    AdapterConfig readAdapter() const {
        const fs::path file = m_folder / "adapter_config.json";
        writeFileAtomically(file, m_adapter.dump());
        return readAdapterConfig(file);
    }
    void expectRefusedAdapter(const std::string& key, const Json& value, ErrorCode code) {
        const Json before = m_adapter;
        m_adapter[key] = value;
        try {
            (void)readAdapter();
            ADD_FAILURE() << key << " " << value;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
        }
        m_adapter = before;
    }

    Json m_adapter;
};

TEST_F(AdapterConfigFile, ReadsARegularExpression) {
    const auto adapter = readAdapterConfig(golden("g33-tied") / "peft-adapter/adapter_config.json");
    EXPECT_EQ(adapter.rank, 4);
    EXPECT_EQ(adapter.scale(), 2.0);
    EXPECT_TRUE(adapter.targetModules.empty());
    EXPECT_NE(adapter.targetRegex.find("gate|up|down"), std::string::npos);
}

TEST_F(AdapterConfigFile, ATrainedProjectorIsKnown) {
    const fs::path file = golden("g33-tied") / "adapter_config.json";
    EXPECT_FALSE(readAdapterConfig(file).withProjector);
    Json json = readJsonFile(file);
    json["modules_to_save"] = {"projector"};
    const fs::path own =
        fs::temp_directory_path() / ("viva-adapter-" + std::to_string(::getpid()) + ".json");
    writeFileAtomically(own, json.dump());
    EXPECT_TRUE(readAdapterConfig(own).withProjector);
    fs::remove(own);
}

TEST_F(AdapterConfigFile, WhatIsNotComputedIsRefused) {
    for (const char* key : {"use_dora", "lora_bias", "fan_in_fan_out", "use_qalora"})
        expectRefusedAdapter(key, true, ErrorCode::InvalidArgument);
    expectRefusedAdapter("bias", "all", ErrorCode::InvalidArgument);
    expectRefusedAdapter("modules_to_save", {"lm_head"}, ErrorCode::InvalidArgument);
    expectRefusedAdapter("modules_to_save", "projector", ErrorCode::InvalidArgument);
    expectRefusedAdapter("layer_replication", {{0, 1}}, ErrorCode::InvalidArgument);
    expectRefusedAdapter("init_lora_weights", "pissa_niter_4", ErrorCode::InvalidArgument);
    expectRefusedAdapter("peft_type", "IA3", ErrorCode::InvalidArgument);
    expectRefusedAdapter("target_modules", "", ErrorCode::InvalidArgument);
}

TEST_F(AdapterConfigFile, RanksAndScalesOfPeftAreRead) {
    m_adapter["use_rslora"] = true;
    m_adapter["r"] = 16;
    m_adapter["lora_alpha"] = 8;
    m_adapter["rank_pattern"] = {{"q_proj", 4}};
    m_adapter["alpha_pattern"] = {{"q_proj", 2.5}};
    const auto adapter = readAdapter();
    EXPECT_DOUBLE_EQ(adapter.scale(), 2.0); // 8 / sqrt(16)
    ASSERT_EQ(adapter.rankPattern.size(), 1U);
    EXPECT_EQ(adapter.rankPattern.front(), std::pair(std::string("q_proj"), std::int64_t{4}));
    EXPECT_EQ(adapter.alphaPattern.front().second, 2.5);
    EXPECT_FALSE(adapter.chosenByFile);
}

TEST_F(AdapterConfigFile, KeysThatChooseAmongTargetsLeaveItToTheFile) {
    for (const auto& [key, value] : {std::pair<const char*, Json>{"layers_to_transform", 1},
                                     {"exclude_modules", {"v_proj"}},
                                     {"target_modules", "all-linear"}}) {
        const Json before = m_adapter;
        m_adapter[key] = value;
        EXPECT_TRUE(readAdapter().chosenByFile) << key;
        m_adapter = before;
    }
    m_adapter["layers_to_transform"] = nullptr;
    m_adapter["exclude_modules"] = Json::array();
    EXPECT_FALSE(readAdapter().chosenByFile);
}

TEST_F(AdapterConfigFile, BadValuesAreRefused) {
    expectRefusedAdapter("rank_pattern", {{"q_proj", 0}}, ErrorCode::Format);
    expectRefusedAdapter("rank_pattern", {{"q_proj", 1.5}}, ErrorCode::Format);
    expectRefusedAdapter("rank_pattern", {4}, ErrorCode::Format);
    expectRefusedAdapter("alpha_pattern", {{"q_proj", "two"}}, ErrorCode::Format);
    expectRefusedAdapter("use_rslora", "yes", ErrorCode::Format);
    expectRefusedAdapter("r", 0, ErrorCode::InvalidArgument);
    expectRefusedAdapter("lora_dropout", 1.0, ErrorCode::InvalidArgument);
    expectRefusedAdapter("target_modules", nullptr, ErrorCode::Format);
    expectRefusedAdapter("target_modules", Json::array(), ErrorCode::Format);
    expectRefusedAdapter("target_modules", {1}, ErrorCode::Format);
    expectRefusedAdapter("r", "four", ErrorCode::Format);
}

} // namespace
} // namespace viva
