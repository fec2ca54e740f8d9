import AuspexDetection
import AuspexTesting

/// The readings of a shipped detector's streaming form, a value a minute.
func readings(_ specification: String, _ values: [Double]) throws -> [RawReading] {
    var stream = try DetectorRegistry.standard.makeStreaming(specification)
    return zip(minutes(values.count), values).map { stream.update(time: $0, value: $1) }
}

/// Gaussian noise of deviation 1 around 50.
func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in 50 + random.gaussian() }
}

/// A wave of 24 rows and height 3 with noise of deviation 0.1.
func wave(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { 50 + 3 * sine(Double($0) / 24) + 0.1 * random.gaussian() }
}
