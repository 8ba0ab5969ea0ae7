package org.tdro.mixing.tdro;

import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The results of a micro-batch's losses. Vectors are {@code [domains]} but for the example weights. Where the
 * micro-batch completes no update, the weights are those of the last one, and the gradients are those of a part of it.
 *
 * @param loss plain mean ℓ of the domain's rows, 0 for an absent domain
 * @param referenceLoss plain mean r of the domain's rows, 0 for an absent domain
 * @param groupLoss M, the measure
 * @param exampleWeights ŵ_i = α_d(i) / Σ_j α_d(j), {@code [batch]}; no gradient flows into them
 * @param robustLoss Σ_i ŵ_i ℓ_i, a scalar: what the proxy minimises
 * @param gradientBeforeClipping mean of M over the micro-batches of the update
 * @param gradientNorm its L2 norm, a scalar
 * @param gradient what the log-weights ascend
 * @param logWeights log α
 * @param weights α = softmax(log α)
 * @param meanWeights mean of α over all updates
 * @param emaWeights exponential moving average of α over all updates
 */
public record DomainWeightStep(
    Operand<TFloat32> loss,
    Optional<Operand<TFloat32>> referenceLoss,
    Operand<TFloat32> groupLoss,
    Operand<TFloat32> exampleWeights,
    Operand<TFloat32> robustLoss,
    Operand<TFloat32> gradientBeforeClipping,
    Operand<TFloat32> gradientNorm,
    Operand<TFloat32> gradient,
    Operand<TFloat32> logWeights,
    Operand<TFloat32> weights,
    Operand<TFloat32> meanWeights,
    Operand<TFloat32> emaWeights) {}
