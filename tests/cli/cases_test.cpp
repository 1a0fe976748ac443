// SPDX-License-Identifier: GPL-3.0-or-later
// Each line of cases.jsonl is one call: files to make, arguments, and what must come out.
#include "core/base/atomic_file.h"
#include "core/base/json_reader.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace viva {
namespace {

using Json = nlohmann::json;

std::vector<Json> cases() {
    std::vector<Json> out;
    std::istringstream lines(
        readFile(std::filesystem::path(VIVA_SOURCE_DIR) / "tests/cli/cases.jsonl"));
    for (std::string line; std::getline(lines, line);)
        if (!line.empty())
            out.push_back(parseJson(line, "cases.jsonl"));
    return out;
}

class CliCase : public testing::TestWithParam<Json> {};

void expectTexts(const Json& expected, const std::string& text, const char* where, bool wanted) {
    for (const Json& part : expected)
        EXPECT_EQ(text.find(part.get<std::string>()) != std::string::npos, wanted)
            << where << (wanted ? " lacks: " : " has: ") << part << "\nin:\n"
            << text;
}

TEST_P(CliCase, GivesWhatIsExpected) {
    const Json& test = GetParam();
    const test::TempDir dir;
    const Json files = test.value("files", Json::object());
    for (const auto& [name, content] : files.items())
        writeFileAtomically(dir / name, content.get<std::string>());
    std::vector<std::string> arguments;
    for (const Json& word : test.at("args")) {
        auto text = word.get<std::string>();
        if (const auto at = text.find("$GOLDEN"); at != std::string::npos)
            text.replace(at, 7, VIVA_GOLDEN_DIR);
        arguments.push_back(text);
    }
    const test::ProgramResult result = test::runViva(arguments, dir.path());
    EXPECT_EQ(result.exitCode, test.at("exit").get<int>()) << result.output << result.errors;
    expectTexts(test.value("stdout", Json::array()), result.output, "standard output", true);
    expectTexts(test.value("stderr", Json::array()), result.errors, "standard error", true);
    expectTexts(test.value("not_stdout", Json::array()), result.output, "standard output", false);
    if (result.exitCode == 2) {
        EXPECT_TRUE(result.output.empty()) << "trouble belongs on standard error";
    }
    if (test.contains("json")) {
        const Json out = Json::parse(result.output);
        for (const auto& [key, value] : test.at("json").items()) {
            const Json& found = out.at(Json::json_pointer(key));
            if (value.is_number_float())
                EXPECT_NEAR(found.get<double>(), value.get<double>(), 1e-9) << key;
            else
                EXPECT_EQ(found, value) << key;
        }
    }
}

TEST(CliScore, NamesTheLineWhoseBytesAreNoUtf8) {
    const test::TempDir dir;
    writeFileAtomically(dir / "h", "gut\nf\xFCr\n");
    writeFileAtomically(dir / "r", "gut\nf\xC3\xBCr\n");
    const auto result = test::runViva({"score", "h", "r"}, dir.path());
    EXPECT_EQ(result.exitCode, 2);
    expectTexts(Json{"h, line 2", "UTF-8", "iconv"}, result.errors, "standard error", true);
}

INSTANTIATE_TEST_SUITE_P(Cli, CliCase, testing::ValuesIn(cases()), [](const auto& entry) {
    return entry.param.at("name").template get<std::string>();
});

} // namespace
} // namespace viva
