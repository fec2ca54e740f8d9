import AuspexSignals
import Foundation

/// The streaming form of ``PrincipalComponents``: how much of the newest window lies outside the subspace of past windows.
///
/// Values are taken from a slow robust level in units of its scale. What a window has outside is compared with what windows
/// usually have there; beyond ``RobustLevel/clip`` scales of that, a window turns the subspace the less the stranger it is.
/// A wild value is in as many windows as there are values in one, and a new shape is learned at that reduced pace until it
/// has lasted for ``patience`` samples more.
struct PrincipalComponentStream: StreamingDetector {
    /// So many strange windows more than a single value makes are no outliers but the new normal.
    static let patience = RobustLevel.patience
    /// Standardised values are cut to this, so that their squares can be added.
    static let largest = 1e100
    /// The usual remainder counts as this at least, in deviations: rounding is no anomaly.
    static let floor = RobustScale.relativeFloor

    static let descriptor = DetectorDescriptor(
        name: PrincipalComponents.descriptor.name,
        summary: "What a window has outside the subspace of past ones; finds shapes that break the usual ones.",
        kind: .streaming, family: PrincipalComponents.descriptor.family,
        parameters: [
            .integer("window", default: 16, in: 2...1_000, meaning: "how many values a window has"),
            .integer(
                "components", default: 4, in: 1...50,
                meaning: "how many directions the subspace has; fewer than window"),
            .number(
                "gain", default: 0.05, in: 0.000_1...1,
                meaning: "which share of the angle to a window the subspace is turned; more in the beginning"),
            .integer(
                "halflife", default: 250, in: 1...1_000_000,
                meaning: "samples after which the level has forgotten half of the past"),
            RobustScale.memoryParameter,
        ],
        cost: "some 8·window·components flops a sample, and 4·window·components² every window samples",
        memory: "8·window·(components + 1) + 200 bytes a series (840)",
        source: "Balzano, Nowak and Recht 2010; Balzano and Wright 2013; cut as by Gelper, Fried and Croux 2010",
        minimumHistory: "some ten windows; counts samples")

    private let window: Int
    private let components: Int
    private let gain: Double
    private let halflife: Int
    private let memory: Int
    private var level = RobustLevel()
    /// The last `window` values, oldest first.
    private var recent: [Double] = []
    private var subspace: SubspaceTracker
    /// How long remainders usually are.
    private var remainders = RobustLevel()

    /// Until there are windows in known units, and so many remainders that their scale is known.
    private var warmUp: Int { RobustLevel.warmUp + window + RobustLevel.warmUp }

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.integer("window")
        components = try parameters.integer("components")
        gain = try parameters.number("gain")
        halflife = try parameters.integer("halflife")
        memory = try parameters.integer("memory")
        guard components < window else {
            throw .invalidParameter(
                detector: Self.descriptor.name, name: "components", value: "\(components)",
                allowed: "less than window, which is \(window)")
        }
        subspace = SubspaceTracker(width: window, rank: components)
    }

    mutating func update(time: Timestamp, value: Double) -> RawReading {
        guard value.isFinite else { return RawReading(readiness: .missing) }
        let value = CleanColumn.clamped(value)
        if recent.count == window { recent.removeFirst() }
        recent.append(value)
        // Windows are wanted in the units of before their newest value.
        let (centre, unit) = (level.value, level.unit)
        let isMeasured = level.isWarm && recent.count == window && level.seen >= RobustLevel.warmUp + window
        level.learn(value, gain: 1 - exp2(-1 / Double(halflife)), memory: memory)
        var reading = RawReading(readiness: .warmingUp(seen: level.seen, needed: warmUp))
        guard isMeasured else { return reading }
        let split = subspace.split(
            recent.map { min(max(($0 - centre) / unit, -Self.largest), Self.largest) })
        if level.seen > warmUp { reading = RawReading(rawScore: split.outside / (remainders.value + Self.floor)) }
        learn(split)
        return reading
    }

    private mutating func learn(_ split: SubspaceTracker.Split) {
        let usual = remainders.value + RobustLevel.clip * remainders.deviation
        let share = remainders.isWarm && split.outside > usual ? usual / split.outside : 1
        let early = 1 / Double(remainders.seen + 1)
        subspace.turn(towards: split, share: max(early, gain) * share)
        remainders.learn(
            split.outside, gain: 1 / Double(memory), memory: memory, patience: window + Self.patience)
    }
}

extension PrincipalComponentStream {
    private static let snapshotVersion = 1
    private static let mostParameter = 1_000_000

    func snapshot() -> [UInt8] {
        var writer = SnapshotWriter(kind: Self.descriptor.name, version: Self.snapshotVersion)
        for number in [window, components, halflife, memory] { writer.write(number) }
        writer.write(gain)
        level.write(to: &writer)
        writer.write(recent)
        subspace.write(to: &writer)
        remainders.write(to: &writer)
        return writer.finished()
    }

    init(restoring bytes: [UInt8]) throws(DetectorError) {
        var reader = try SnapshotReader(bytes, kind: Self.descriptor.name, version: Self.snapshotVersion)
        window = try reader.readInteger(in: 2...Self.mostParameter)
        components = try reader.readInteger(in: 1...window - 1)
        halflife = try reader.readInteger(in: 1...Self.mostParameter)
        memory = try reader.readInteger(in: 1...Self.mostParameter)
        gain = try reader.readDouble()
        level = try RobustLevel(from: &reader, memory: memory)
        recent = try reader.readDoubles()
        subspace = try SubspaceTracker(from: &reader, width: window, rank: components)
        remainders = try RobustLevel(from: &reader, memory: memory)
        try reader.finish()
        let isSound =
            recent.count == min(window, level.seen) && remainders.value >= 0 && (0...1).contains(gain)
            && recent.allSatisfy { abs($0) <= CleanColumn.largestMagnitude }
        guard isSound else { throw .invalidSnapshot(reason: "the state of '\(Self.descriptor.name)' cannot be") }
    }
}
