// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/soundcard/device_list.h"
#include "core/soundcard/playback.h"
#include "tests/support/audio_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace viva {
namespace {

/// A machine without sound: ALSA knows of one card that is not there, and JACK starts no server.
class NoDevice : public TempFolderTest {
protected:
    void SetUp() override {
        TempFolderTest::SetUp();
        useAlsa("pcm.nothing { type hw card 99 }\n");
        ::setenv("JACK_NO_START_SERVER", "1", 1);
        testing::internal::CaptureStderr();
        const AudioDeviceList list = listAudioDevices();
        m_noise = testing::internal::GetCapturedStderr();
        if (!list.outputs.empty())
            GTEST_SKIP() << "this machine has an output beside ALSA: " << list.outputs[0].name;
    }
    void useAlsa(const std::string& configuration) const {
        ::setenv("ALSA_CONFIG_PATH", write("asound.conf", configuration).c_str(), 1);
    }

    std::string m_noise;
};

TEST_F(NoDevice, AnEmptyAlsaConfigurationIsAnErrorAndNoCrash) {
    useAlsa("");
    try {
        (void)listAudioDevices();
        ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Audio);
        EXPECT_THAT(error.what(), testing::HasSubstr("libasound2-data"));
    }
}

TEST_F(NoDevice, ListsAreEmptyAndNothingIsPrinted) {
    EXPECT_EQ(m_noise, "");
}

TEST_F(NoDevice, PlayingSaysWhatToDo) {
    Player player;
    const auto clip = std::make_shared<const AudioBuffer>(AudioBuffer{{0.1F, 0.2F}, 16000});
    testing::internal::CaptureStderr();
    try {
        player.play(clip);
        ADD_FAILURE() << "played on nothing";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Audio);
        EXPECT_THAT(error.what(), testing::HasSubstr("plug in"));
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_FALSE(player.isPlaying());
    EXPECT_EQ(player.positionSec(), 0.0);
    player.stop();
}

TEST(Player, RefusesAnEmptyBuffer) {
    Player player;
    for (const auto& buffer :
         {std::shared_ptr<const AudioBuffer>(), std::make_shared<const AudioBuffer>()}) {
        try {
            player.play(buffer);
            ADD_FAILURE() << "played nothing";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    }
}

} // namespace
} // namespace viva
