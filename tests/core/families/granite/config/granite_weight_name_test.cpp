// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_weight_name.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(GraniteWeightName, UnderstandsTheLegacyEncoder) {
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.0.weight"), "encoder.input_linear.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.1.ff1.fn.norm.bias"),
              "encoder.layers.0.ff1.pre_norm.bias");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.10.ff2.fn.fn.net.0.weight"),
              "encoder.layers.9.ff2.up_proj.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.ff1.fn.fn.net.3.weight"),
              "encoder.layers.1.ff1.down_proj.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.attn.norm.weight"),
              "encoder.layers.1.attn.pre_norm.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.attn.fn.rel_pos_emb.weight"),
              "encoder.layers.1.attn.rel_pos_emb.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.conv.net.0.weight"),
              "encoder.layers.1.conv.norm.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.conv.net.2.weight"),
              "encoder.layers.1.conv.up_conv.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.conv.net.4.conv.weight"),
              "encoder.layers.1.conv.depth_conv.conv.weight");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.conv.net.5.running_var"),
              "encoder.layers.1.conv.batch_norm.running_var");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.conv.net.7.bias"),
              "encoder.layers.1.conv.down_conv.bias");
    EXPECT_EQ(graniteWeightName("encoder.rnn_tr.2.post_norm.bias"),
              "encoder.layers.1.post_norm.bias");
}

TEST(GraniteWeightName, TheOldestNamesMayLieInTransformersFive) {
    EXPECT_EQ(graniteWeightName("model.encoder.rnn_tr.3.post_norm.bias"),
              "encoder.layers.2.post_norm.bias");
    EXPECT_EQ(graniteWeightName("model.language_model.layers.2.attn.norm.weight"),
              "language_model.model.layers.2.attn.norm.weight");
}

} // namespace
} // namespace viva
