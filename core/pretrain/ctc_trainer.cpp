// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/ctc_trainer.h"

#include "core/base/error.h"
#include "core/text/alignment.h"
#include "core/train/moments_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>

namespace viva {

namespace {

/// Packed logits to [longest, clips, labels] log-probabilities, padded with 0.
torch::Tensor paddedLogProbs(const torch::Tensor& logits, const ClipRows& rows) {
    const torch::Tensor logProbs = torch::log_softmax(logits, -1);
    return torch::nn::utils::rnn::pad_sequence(logProbs.split_with_sizes(rows.lengths, 0), false);
}

/// Sum over the clips of -log p(target | frames), nats.
torch::Tensor ctcSum(const torch::Tensor& logits, const ClipRows& rows,
                     const torch::Tensor& targets, const std::vector<std::int64_t>& lengths) {
    // Clips with fewer frames than their text needs have an infinite loss; they count as zero.
    return torch::ctc_loss(paddedLogProbs(logits, rows), targets, rows.lengths, lengths, 0,
                           at::Reduction::Sum, true);
}

std::vector<torch::Tensor> trainable(const ConformerEncoder& encoder) {
    std::vector<torch::Tensor> parameters;
    for (const auto& parameter : encoder->parameters()) {
        torch::Tensor(parameter).requires_grad_(true);
        parameters.push_back(parameter);
    }
    return parameters;
}

/// The running statistics of its norms.
NamedTensors buffersOf(const ConformerEncoder& encoder) {
    NamedTensors buffers;
    for (const auto& entry : encoder->named_buffers())
        buffers.emplace_back(entry.key(), entry.value());
    return buffers;
}

void hide(torch::Tensor features, std::int64_t axis, std::int64_t maxWidth, double value,
          Rng& rng) {
    const std::int64_t size = features.size(axis);
    const auto width = static_cast<std::int64_t>(
        rng.below(static_cast<std::uint64_t>(std::min(maxWidth, size)) + 1));
    if (width == 0)
        return;
    const auto start =
        static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(size - width) + 1));
    features.narrow(axis, start, width).fill_(value);
}

/// Deals the drawn clips to the workers, longest first to the lightest load.
std::vector<std::vector<std::size_t>> dealByLength(const std::vector<std::int64_t>& frames,
                                                   int workers) {
    std::vector<std::size_t> order(frames.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return frames[a] > frames[b]; });
    std::vector<std::vector<std::size_t>> shares(static_cast<std::size_t>(workers));
    std::vector<std::int64_t> load(shares.size(), 0);
    for (const auto item : order) {
        const auto lightest =
            static_cast<std::size_t>(std::min_element(load.begin(), load.end()) - load.begin());
        shares[lightest].push_back(item);
        load[lightest] += frames[item];
    }
    return shares;
}

} // namespace

CtcTrainer::CtcTrainer(ConformerEncoder encoder, const std::vector<CtcClip>& clips,
                       CtcLabels labels, const CtcTrainConfig& config, WorkerPool& pool)
    : m_encoder(std::move(encoder)), m_clips(clips), m_labels(std::move(labels)), m_config(config),
      m_pool(pool), m_optimizer(trainable(m_encoder), config.adam) {
    if (clips.empty())
        throw Error(ErrorCode::InvalidArgument, "CtcTrainer: there are no clips to train on");
    if (m_labels.count() > m_encoder->config().outputDim)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("CtcTrainer: {} labels, but the encoder's head has only {}",
                                m_labels.count(), m_encoder->config().outputDim));
    for (const auto& clip : clips) {
        m_targets.push_back(m_labels.encode(clip.text));
        if (clip.variants.empty() || m_targets.back().empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("CtcTrainer: clip {} has no features or no text", clip.id));
    }
    for (const auto& entry : m_encoder->named_parameters())
        m_names.push_back(entry.key());
}

std::vector<std::vector<CtcTrainer::Draw>> CtcTrainer::draws(std::int64_t step) const {
    // Every clip once an epoch; a step's place follows from its number alone.
    const auto batch = static_cast<std::size_t>(m_config.batch);
    const auto first = static_cast<std::size_t>(step - 1) * batch;
    Rng stepRng = Rng(m_config.seed, "ctc-draw").fork(static_cast<std::uint64_t>(step));
    std::vector<Draw> drawn;
    std::vector<std::int64_t> frames;
    std::vector<std::size_t> order;
    std::size_t orderOf = m_clips.size();
    for (std::size_t i = first; i < first + batch; ++i) {
        const std::size_t epoch = i / m_clips.size();
        if (order.empty() || orderOf != epoch) {
            order.resize(m_clips.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
            Rng(m_config.seed, "ctc-order").fork(epoch).shuffle(order);
            orderOf = epoch;
        }
        Draw draw;
        draw.clip = order[i % m_clips.size()];
        const auto& variants = m_clips[draw.clip].variants;
        draw.variant = stepRng.below(variants.size());
        draw.maskSeed = stepRng.next();
        frames.push_back(variants[draw.variant].size(0));
        drawn.push_back(draw);
    }
    std::vector<std::vector<Draw>> shares;
    for (const auto& share : dealByLength(frames, m_pool.size())) {
        shares.emplace_back();
        for (const auto item : share)
            shares.back().push_back(drawn[item]);
    }
    return shares;
}

torch::Tensor CtcTrainer::maskedFeatures(const Draw& draw, std::int64_t step) const {
    const MaskingConfig& masking = m_config.masking;
    torch::Tensor features = m_clips[draw.clip].variants[draw.variant].to(torch::kFloat32);
    if (step < masking.fromStep)
        return features;
    features = features.clone();
    const double mean = features.mean().item<double>();
    Rng rng(draw.maskSeed, "ctc-mask");
    for (int i = 0; i < masking.timeMasks; ++i)
        hide(features, 0, std::min(masking.maxTimeFrames, features.size(0) / 5), mean, rng);
    // A stacked frame holds two mel frames; a band is hidden in both.
    const torch::Tensor bins = features.view({features.size(0), 2, features.size(1) / 2});
    for (int i = 0; i < masking.melMasks; ++i)
        hide(bins, 2, masking.maxMelBins, mean, rng);
    return features;
}

CtcTrainer::WorkerPart CtcTrainer::differentiate(const std::vector<Draw>& draws, std::int64_t step,
                                                 double characters) const {
    WorkerPart part;
    if (draws.empty())
        return part;
    ClipRows rows;
    std::vector<torch::Tensor> features;
    std::vector<std::int64_t> labels;
    std::vector<std::int64_t> lengths;
    for (const auto& draw : draws) {
        features.push_back(maskedFeatures(draw, step));
        rows.lengths.push_back(features.back().size(0));
        const auto& target = m_targets[draw.clip];
        labels.insert(labels.end(), target.begin(), target.end());
        lengths.push_back(static_cast<std::int64_t>(target.size()));
    }
    const torch::Tensor targets = torch::tensor(labels, torch::kInt64);
    EncoderOptions options;
    options.norm = {true, &part.statistics};
    const auto output = m_encoder->forward(torch::cat(features), rows, options);
    const torch::Tensor last =
        ctcSum(m_encoder->out->forward(output.last), rows, targets, lengths) / characters;
    torch::Tensor loss = last;
    if (output.midLogits.defined()) {
        const torch::Tensor mid = ctcSum(output.midLogits, rows, targets, lengths) / characters;
        part.midLoss = mid.item<double>();
        loss = last * (1.0 - m_config.midWeight) + mid * m_config.midWeight;
    }
    part.loss = last.item<double>();
    part.gradients = gradientsOf(loss, m_optimizer.parameters());
    return part;
}

void CtcTrainer::foldStatistics(const std::vector<WorkerPart>& parts) {
    const torch::NoGradGuard noGrad;
    for (std::int64_t layer = 0; layer < m_encoder->config().numLayers; ++layer) {
        torch::Tensor mean;
        torch::Tensor square;
        double frames = 0;
        for (const auto& part : parts) {
            if (part.statistics.empty())
                continue;
            const auto& own = part.statistics.at(static_cast<std::size_t>(layer));
            const auto weight = static_cast<double>(own.frames);
            const torch::Tensor first = own.mean * weight;
            const torch::Tensor second = (own.variance + own.mean.square()) * weight;
            mean = mean.defined() ? mean + first : first;
            square = square.defined() ? square + second : second;
            frames += weight;
        }
        mean = mean / frames;
        const torch::Tensor variance =
            (square / frames - mean.square()) * (frames / std::max(frames - 1.0, 1.0));
        auto& norm = *m_encoder->block(layer).conv->batch_norm;
        norm.running_mean.lerp_(mean, m_config.batchNormMomentum);
        norm.running_var.lerp_(variance, m_config.batchNormMomentum);
        norm.num_batches_tracked.add_(1);
    }
}

CtcStepResult CtcTrainer::step() {
    const auto begin = std::chrono::steady_clock::now();
    const std::int64_t number = m_step + 1;
    const auto shares = draws(number);
    double characters = 0;
    for (const auto& share : shares)
        for (const auto& draw : share)
            characters += static_cast<double>(m_targets[draw.clip].size());
    std::vector<WorkerPart> parts(shares.size());
    m_pool.run([&](int worker) {
        const auto index = static_cast<std::size_t>(worker);
        parts[index] = differentiate(shares[index], number, characters);
    });
    CtcStepResult result;
    std::vector<Gradients> gradients;
    for (auto& part : parts) {
        result.loss += part.loss;
        result.midLoss += part.midLoss;
        gradients.push_back(std::move(part.gradients));
    }
    foldStatistics(parts);
    Gradients sum = sumInOrder(std::move(gradients));
    result.step = number;
    result.learningRate = learningRateAt(
        {m_config.schedule, m_config.learningRate, m_config.warmupSteps, m_config.steps}, number);
    result.gradNorm = m_optimizer.step(sum, result.learningRate, m_config.maxGradNorm);
    m_step = number;
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

CtcScore CtcTrainer::evaluate(const std::vector<CtcClip>& clips) const {
    std::vector<EditCounts> characters(clips.size());
    std::vector<EditCounts> words(clips.size());
    m_pool.run([&](int worker) {
        const torch::NoGradGuard noGrad;
        const Slice mine = sliceOf(clips.size(), worker, m_pool.size());
        for (std::size_t i = mine.first; i < mine.last; ++i) {
            const torch::Tensor features = clips[i].variants.at(0).to(torch::kFloat32);
            const auto output = m_encoder->forward(features, ClipRows{{features.size(0)}});
            const std::string heard = m_labels.decode(m_encoder->out->forward(output.last));
            const std::string said = m_labels.normalize(clips[i].text);
            characters[i] = countEdits(alignCharacters(heard, said));
            words[i] = countEdits(alignWords(heard, said));
        }
    });
    const auto rate = [](const std::vector<EditCounts>& counts) {
        double errors = 0;
        double length = 0;
        for (const auto& count : counts) {
            errors += static_cast<double>(count.errors());
            length += static_cast<double>(count.referenceLength());
        }
        return length > 0 ? errors / length : 0.0;
    };
    return {rate(characters), rate(words), static_cast<std::int64_t>(clips.size())};
}

void CtcTrainer::save(const std::filesystem::path& file) const {
    saveMoments(file,
                {m_names, m_optimizer.parameters(), m_optimizer.state(), buffersOf(m_encoder)},
                {{"step", std::to_string(m_step)}});
}

void CtcTrainer::load(const std::filesystem::path& file) {
    const auto buffers = buffersOf(m_encoder);
    std::vector<std::string> bufferNames;
    for (const auto& buffer : buffers)
        bufferNames.push_back(buffer.first);
    const auto stored = loadMoments(file, m_names, bufferNames);
    const std::int64_t step = stored.number("step");
    restoreMoments(stored, m_optimizer, buffers);
    m_step = step;
}

void CtcTrainer::finish() {
    for (const auto& parameter : m_encoder->parameters())
        torch::Tensor(parameter).requires_grad_(false);
}

} // namespace viva
