import AuspexNumerics
import AuspexSignals

/// The streaming form of ``SpectralResidual``: how far the newest value's saliency is above that of the values before it.
///
/// The map is that of the last values with a few estimated ones behind, so that the newest value does not stand at the end,
/// where a transform sees a break in any series (Ren et al. 2019, §4.1). A strange value colours the map as long as it is
/// in the window, and is forgotten with it.
struct SpectralResidualStream: StreamingDetector {
    /// Estimated values behind the newest one (κ).
    static let estimated = 5
    /// From how many values before it slopes are taken for the estimate (m).
    static let slopes = 5
    /// Over how many amplitudes the usual one is averaged (q).
    static let average = 3
    /// How many values before the newest have the usual saliency (z).
    static let local = 21
    /// The usual saliency counts as this at least, so that rounding is no anomaly.
    static let leastSaliency = 1e-8

    static let descriptor = DetectorDescriptor(
        name: SpectralResidual.descriptor.name,
        summary: "Saliency of the newest value against the values before it; finds values that break what is regular.",
        kind: .streaming, family: SpectralResidual.descriptor.family,
        parameters: [
            .choice(
                "window", default: "128", of: (5...10).map { "\(1 << $0)" },
                meaning: "how many values are transformed, the five estimated ones included; a few cycles is best")
        ],
        cost: "some 30·window·log₂ window flops a sample (128 values: 30,000)",
        memory: "8·window bytes a series, and 60·window while a sample is scored",
        source: "Ren et al. 2019, §4.1, with its values of q, z, κ and m",
        minimumHistory: "window samples; counts samples")

    private let window: Int
    /// The last values, oldest first.
    private var recent: [Double] = []

    /// How many measured values are transformed.
    private var kept: Int { window - Self.estimated }

    init(parameters: ParameterValues) throws(DetectorError) {
        guard let window = Int(try parameters.choice("window")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "window")
        }
        self.window = window
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        if recent.count == kept { recent.removeFirst() }
        recent.append(CleanColumn.clamped(value))
        guard recent.count == kept else {
            return RawReading(readiness: .warmingUp(seen: recent.count, needed: kept - 1))
        }
        return RawReading(rawScore: score())
    }

    /// The newest value's saliency over the mean of those before it, less 1; 0 when it is under it.
    private func score() -> Double {
        let values = recent + [Double](repeating: Self.estimate(recent.dropLast()), count: Self.estimated)
        // A window of a power of two has a plan as long as there are some kilobytes of memory.
        guard let map = try? SaliencyMap(values, average: Self.average, ends: .open).values else { return 0 }
        let usual = map[kept - 1 - Self.local..<kept - 1].reduce(0, +) / Double(Self.local)
        return max(0, (map[kept - 1] - usual) / max(usual, Self.leastSaliency))
    }

    /// The next value by the mean slope from each of the last few to the last: x₋ₘ₊₁ + m·slope. The newest value is left
    /// out, as in the authors' program: what it may be, strange, would be estimated to go on and to be usual.
    static func estimate(_ values: [Double]) -> Double {
        let newest = values[values.count - 1]
        let slope =
            (1...slopes).reduce(0) { $0 + (newest - values[values.count - 1 - $1]) / Double($1) } / Double(slopes)
        return CleanColumn.clamped(values[values.count - slopes] + Double(slopes) * slope)
    }
}

extension SpectralResidualStream {
    private static let snapshotVersion = 1

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        writer.write(window)
        writer.write(recent)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        window = try reader.readInteger(in: 1...1 << 20)
        recent = try reader.readDoubles()
        try reader.finish()
        let isKnown = Self.descriptor.parameters[0].choices.contains("\(window)")
        guard isKnown, recent.count <= kept, recent.allSatisfy({ abs($0) <= CleanColumn.largestMagnitude }) else {
            throw .invalidSnapshot(reason: "\(recent.count) values of a window of \(window) cannot be")
        }
    }
}
