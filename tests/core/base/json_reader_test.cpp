// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_reader.h"

#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace viva {
namespace {

using testing::HasSubstr;

/// The sentence of a refusal with code Format.
std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        return error.what();
    }
    ADD_FAILURE() << "was accepted";
    return {};
}

template<typename T>
std::string refusedValue(const std::string& text, T value = {}) {
    const nlohmann::json json = parseJson(text, "a.json");
    return refusal([&] { JsonReader(json, "a.json", "train").required("x", value); });
}

TEST(ParseJson, AFileInUtf16IsNamedAsSuch) {
    const std::string text("\xff\xfe{\0}\0", 6);
    EXPECT_THAT(refusal([&] { (void)parseJson(text, "config.json"); }), HasSubstr("UTF-8"));
}

TEST(ParseJson, AnErrorQuotesNothingThatATerminalCannotShow) {
    const auto text = refusal([] { (void)parseJson("{\"a\": \x1b[2J\xe9}", "config.json"); });
    for (const char c : text)
        EXPECT_TRUE(c >= ' ' && c < 127) << text;
}

TEST(ParseJson, NamesFileLineAndColumn) {
    const std::string text =
        refusal([] { (void)parseJson("{\n  \"a\": 1,\n  oops\n}", "a.json"); });
    EXPECT_THAT(text, HasSubstr("a.json"));
    EXPECT_THAT(text, HasSubstr("line 3"));
    EXPECT_THAT(text, HasSubstr("column 3"));
}

TEST(ParseJson, RefusesWhatIsNoJson) {
    for (const char* text : {"", "{", "nul", "{\"a\":1}}", "\"\xff\"", "{'a':1}", "[1,]"})
        EXPECT_THAT(refusal([&] { (void)parseJson(text, "a.json"); }), HasSubstr("a.json")) << text;
}

TEST(ParseJson, RefusesKeysThatStandTwice) {
    EXPECT_THAT(refusal([] { (void)parseJson(R"({"a": 1, "b": {"c": 1, "c": 2}})", "a.json"); }),
                HasSubstr("\"c\" stands twice"));
    // The same key in two objects is no repetition.
    EXPECT_EQ(parseJson(R"([{"a": 1}, {"a": 2, "b": {"a": 3}}])", "a.json")[1]["b"]["a"], 3);
}

TEST(ParseJson, RefusesNumbersBeyondADouble) {
    EXPECT_THAT(refusal([] { (void)parseJson("{\"a\": 1e999}", "a.json"); }), HasSubstr("a.json"));
}

TEST(ParseJson, BuildsTheTreeOfTheText) {
    const std::string text =
        R"({"a":[1,-2,2.5,"x",null,true,[[]],{}],"b":{"c":18446744073709551615,"d":""}})";
    EXPECT_EQ(parseJson(text, "a.json"), nlohmann::json::parse(text));
    EXPECT_EQ(parseJson("3", "a.json"), 3);
}

TEST(ParseJson, RefusesMoreValuesThanMemoryShouldHold) {
    std::string many = "[";
    many.reserve(17'000'000);
    for (int i = 0; i < 8'000'001; ++i)
        many += "0,";
    many.back() = ']';
    EXPECT_THAT(refusal([&] { (void)parseJson(many, "a.json"); }), HasSubstr("8000000 values"));
}

TEST(ParseJson, RefusesDeepNestingBeforeTheStackEnds) {
    const std::string deep(5'000'000, '[');
    EXPECT_THAT(refusal([&] { (void)parseJson(deep, "a.json"); }), HasSubstr("100 levels"));
    const std::string brackets = "\"" + std::string(1000, '[') + "\\\"[\"";
    EXPECT_TRUE(parseJson(brackets, "a.json").is_string());
    EXPECT_TRUE(parseJson(std::string(100, '[') + std::string(100, ']'), "a").is_array());
}

TEST(JsonReader, ReadsEveryKindAndLeavesTheAbsentAlone) {
    const nlohmann::json json = parseJson(
        R"({"b":true,"i":-3,"l":5000000000,"u":7,"d":2,"s":"word","li":[1,2],"ld":[1,2.5],"ls":["a"],"n":null,"whole":3.0})",
        "a.json");
    JsonReader reader(json, "a.json");
    bool b = false;
    int i = 0;
    int whole = 0;
    int untouched = 11;
    std::int64_t l = 0;
    std::uint64_t u = 0;
    double d = 0;
    std::string s;
    std::vector<int> li;
    std::vector<double> ld;
    std::vector<std::string> ls;
    reader.required("b", b);
    reader.required("i", i);
    reader.required("l", l);
    reader.required("u", u);
    reader.required("d", d);
    reader.required("s", s);
    reader.required("li", li);
    reader.required("ld", ld);
    reader.required("ls", ls);
    reader.optional("n", untouched);
    reader.optional("absent", untouched);
    reader.optional("whole", whole);
    reader.finish();
    EXPECT_TRUE(b);
    EXPECT_EQ(i, -3);
    EXPECT_EQ(l, 5000000000);
    EXPECT_EQ(u, 7u);
    EXPECT_EQ(d, 2.0);
    EXPECT_EQ(s, "word");
    EXPECT_EQ(li, (std::vector<int>{1, 2}));
    EXPECT_EQ(ld, (std::vector<double>{1.0, 2.5}));
    EXPECT_EQ(ls, std::vector<std::string>{"a"});
    EXPECT_EQ(untouched, 11);
    EXPECT_EQ(whole, 3);
    EXPECT_FALSE(reader.has("n"));
}

TEST(JsonReader, WrongTypesNameFilePathAndValue) {
    EXPECT_THAT(refusedValue<int>(R"({"x":"five"})"),
                testing::AllOf(HasSubstr("a.json"), HasSubstr("train.x"), HasSubstr("five")));
    refusedValue<int>(R"({"x":1.5})");
    refusedValue<int>(R"({"x":3000000000})");
    refusedValue<int>(R"({"x":true})");
    refusedValue<std::int64_t>(R"({"x":18446744073709551615})");
    refusedValue<std::int64_t>(R"({"x":1e300})");
    refusedValue<std::uint64_t>(R"({"x":-1})");
    refusedValue<double>(R"({"x":"1"})");
    refusedValue<bool>(R"({"x":1})");
    refusedValue<std::string>(R"({"x":1})");
    refusedValue<std::vector<int>>(R"({"x":[1,"2"]})");
    refusedValue<std::vector<double>>(R"({"x":1})");
    refusedValue<std::vector<std::string>>(R"({"x":["a",null]})");
    EXPECT_THAT(refusedValue<int>("{}"), HasSubstr("missing"));
    const nlohmann::json list = parseJson("[1]", "a.json");
    EXPECT_THAT(refusal([&] { const JsonReader reader(list, "a.json"); }), HasSubstr("object"));
}

TEST(JsonReader, UnknownKeysAreRefusedWithTheNearestKnownOne) {
    const nlohmann::json json = parseJson(R"({"grup_size":4,"zzzzzzzz":1})", "a.json");
    JsonReader reader(json, "a.json", "grpo");
    int size = 0;
    reader.optional("group_size", size);
    reader.optional("beta", size);
    const std::string text = refusal([&] { reader.finish(); });
    EXPECT_THAT(text, HasSubstr("\"grup_size\" (did you mean \"group_size\"?)"));
    EXPECT_THAT(text, HasSubstr("\"zzzzzzzz\""));
    EXPECT_THAT(text, testing::Not(HasSubstr("\"beta\"")));
    EXPECT_THAT(text, HasSubstr("grpo"));
    reader.ignore("grup_size");
    reader.ignore("zzzzzzzz");
    EXPECT_NO_THROW(reader.finish());
}

TEST(JsonReader, ChoicesListTheSet) {
    const nlohmann::json json = parseJson(R"({"mode":"fast"})", "a.json");
    JsonReader reader(json, "a.json");
    std::string mode = "plain";
    const std::string text = refusal([&] {
        reader.optionalChoice("mode", mode, {"plain", "exact"});
    });
    EXPECT_THAT(text, HasSubstr("plain, exact"));
    EXPECT_EQ(mode, "plain");
    reader.optionalChoice("mode", mode, {"plain", "fast"});
    EXPECT_EQ(mode, "fast");
}

TEST(JsonReader, NestedObjectsKnowTheirPath) {
    const nlohmann::json json = parseJson(R"({"a":{"b":{"c":"x"}}})", "a.json");
    JsonReader reader(json, "a.json");
    auto a = reader.object("a");
    ASSERT_TRUE(a);
    auto b = a->object("b");
    ASSERT_TRUE(b);
    int c = 0;
    EXPECT_THAT(refusal([&] { b->required("c", c); }), HasSubstr("a.b.c"));
    EXPECT_FALSE(reader.object("missing"));
}

TEST(ReadJsonFile, AMissingFileIsNotFound) {
    try {
        (void)readJsonFile("/nonexistent/a.json");
        ADD_FAILURE() << "was read";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

} // namespace
} // namespace viva
