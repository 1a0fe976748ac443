// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/recipe.h"

#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

namespace viva {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr int kMaxClips = 1'000'000;

const json& requireArray(JsonReader& reader, const char* key) {
    const json* list = reader.raw(key);
    if (!list || !list->is_array() || list->empty())
        reader.fail(key, "must be a list with at least one entry");
    return *list;
}

void readCount(JsonReader& reader, const char* key, int& value) {
    reader.optional(key, value);
    if (value < 0 || value > kMaxClips)
        reader.fail(key, fmt::format("is {}; it must be between 0 and {}", value, kMaxClips));
}

void readRange(JsonReader& reader, const char* key, double& low, double& high, double least,
               double most) {
    std::vector<double> range{low, high};
    reader.optional(key, range);
    if (range.size() != 2 || !(range[0] >= least) || !(range[1] <= most) || range[0] > range[1])
        reader.fail(key, fmt::format("must be two numbers, the lower first, between {} and {}",
                                     least, most));
    low = range[0];
    high = range[1];
}

std::map<std::string, double> readWeights(JsonReader& reader, const char* key) {
    const json* object = reader.raw(key);
    if (!object || !object->is_object() || object->empty())
        reader.fail(key, "must be an object of weights, for example {\"full\": 1}");
    std::map<std::string, double> weights;
    double total = 0;
    for (const auto& [style, weight] : object->items()) {
        if (!weight.is_number() || !(weight.get<double>() >= 0))
            reader.fail(key, fmt::format("gives \"{}\" no weight of 0 or more", style));
        total += weights[style] = weight.get<double>();
    }
    if (!(total > 0) || !std::isfinite(total))
        reader.fail(key, "must have at least one weight above 0");
    return weights;
}

StyleMix readStyles(JsonReader& parent, const char* key) {
    auto reader = parent.object(key);
    if (!reader)
        parent.fail(key, "is missing");
    StyleMix mix;
    for (const char* task : {"sqa", "ast"})
        mix.weights[task] = readWeights(*reader, task);
    reader->optional("nounSynonym", mix.nounSynonym);
    if (!(mix.nounSynonym >= 0 && mix.nounSynonym <= 1))
        reader->fail("nounSynonym",
                     fmt::format("is {}; it must be between 0 and 1", mix.nounSynonym));
    reader->finish();
    return mix;
}

VoiceShare readVoice(JsonReader& reader) {
    VoiceShare share;
    reader.required("engine", share.voice.engine);
    reader.required("name", share.voice.name);
    reader.required("speaker", share.voice.speaker);
    reader.required("licence", share.voice.licence);
    reader.optional("weight", share.weight);
    if (!(share.weight > 0))
        reader.fail("weight", fmt::format("is {}; it must be above 0", share.weight));
    readRange(reader, "stretch", share.minStretch, share.maxStretch, 0.5, 2);
    readRange(reader, "pitch", share.minPitch, share.maxPitch, 0.5, 2);
    return share;
}

void readVoiceLists(JsonReader& parent, const std::string& origin, CorpusRecipe& recipe) {
    const json* lists = parent.raw("voices");
    if (!lists || !lists->is_object() || lists->empty())
        parent.fail("voices", "must be an object of voice lists");
    for (const auto& [name, list] : lists->items()) {
        if (!list.is_array() || list.empty())
            parent.fail("voices", fmt::format("has the list \"{}\" without voices", name));
        for (std::size_t i = 0; i < list.size(); ++i) {
            JsonReader reader(list[i], origin, fmt::format("voices.{}[{}]", name, i));
            recipe.voices[name].push_back(readVoice(reader));
            reader.finish();
        }
    }
}

CorpusPart readPart(JsonReader& reader, const CorpusRecipe& recipe) {
    CorpusPart part;
    reader.required("name", part.name);
    if (part.name.empty() ||
        part.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
        reader.fail("name",
                    fmt::format("is \"{}\"; use lower-case letters, digits and -", part.name));
    reader.required("split", part.split);
    readCount(reader, "clips", part.clips);
    reader.required("voices", part.voices);
    if (!recipe.voices.contains(part.voices))
        reader.fail("voices", fmt::format("names the list \"{}\", which is not under \"voices\"",
                                          part.voices));
    readCount(reader, "questions", part.questions);
    reader.optional("translation", part.translation);
    reader.optional("transcription", part.transcription);
    readCount(reader, "baseTargets", part.baseTargets);
    reader.optional("variants", part.variants);
    readCount(reader, "copies", part.copies);
    readCount(reader, "taggedClips", part.taggedClips);
    reader.optional("tag", part.tag);
    return part;
}

void readParts(JsonReader& parent, const std::string& origin, CorpusRecipe& recipe) {
    const json& parts = requireArray(parent, "parts");
    std::set<std::string> names;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        JsonReader reader(parts[i], origin, fmt::format("parts[{}]", i));
        recipe.parts.push_back(readPart(reader, recipe));
        if (!names.insert(recipe.parts.back().name).second)
            reader.fail("name", fmt::format("\"{}\" comes twice; give each part its own",
                                            recipe.parts.back().name));
        reader.finish();
    }
}

void readAugment(JsonReader& parent, AugmentRanges& ranges) {
    auto reader = parent.object("augment");
    if (!reader)
        return;
    readRange(*reader, "speed", ranges.minSpeed, ranges.maxSpeed, 0.5, 2);
    readRange(*reader, "snrDb", ranges.minSnrDb, ranges.maxSnrDb, -20, 200);
    reader->optional("maxTiltDb", ranges.maxTiltDb);
    reader->optional("maxGainDb", ranges.maxGainDb);
    reader->finish();
}

} // namespace

CorpusRecipe CorpusRecipe::load(const std::filesystem::path& path) {
    const json document = readJsonFile(path);
    const std::string origin = path.string();
    JsonReader reader(document, origin);
    CorpusRecipe recipe;
    int version = 0;
    reader.required("version", version);
    if (version != kVersion)
        reader.fail("version",
                    fmt::format("is {}; this program reads version {}", version, kVersion));
    std::string grammar;
    reader.required("grammar", grammar);
    recipe.grammar = path.parent_path() / grammar;
    reader.required("seed", recipe.seed);
    reader.optional("sampleRateHz", recipe.sampleRateHz);
    reader.optional("opusBitsPerSec", recipe.opusBitsPerSec);
    auto styles = reader.object("styles");
    if (!styles)
        reader.fail("styles", "is missing");
    recipe.taskStyles = readStyles(*styles, "task");
    recipe.baseStyles = readStyles(*styles, "base");
    styles->finish();
    readVoiceLists(reader, origin, recipe);
    readParts(reader, origin, recipe);
    readAugment(reader, recipe.augment);
    reader.ignore("comment");
    reader.finish();
    return recipe;
}

} // namespace viva
