import Foundation

/// Evidence that events happen more often on one side, valid at any time of looking.
///
/// Of the events of an interval, each falls on the canary's side with the chance of its share of the exposure, were
/// nothing different. For each of several ratios of rates the evidence is the likelihood of that ratio over that of
/// none; their mean is an e-process (Ramdas et al. 2023): when the canary is not worse, the chance that it *ever*
/// reaches 1/α is at most α. Rates may change from interval to interval, as long as they do on both sides. For draws
/// from a known number, such as errors among requests, the same holds (Hoeffding 1963, theorem 4). It does not hold for
/// events that come in bursts.
package struct CountEvidence: Hashable, Sendable, Codable {
    /// The ratios that are looked for.
    private static let ratios = [1.25, 1.5, 2, 3, 4, 6, 8, 16, 32]

    /// More events than this in an interval are no count; with them sums would overflow.
    private static let mostEvents = 1e15

    private var logs = [Double](repeating: 0, count: ratios.count)

    /// No evidence yet.
    package init() {}

    private enum CodingKeys: String, CodingKey {
        case logs
    }

    /// Reads a snapshot; one of a version with other ratios is refused.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        logs = try container.decode([Double].self, forKey: .logs)
        guard logs.count == Self.ratios.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .logs, in: container, debugDescription: "expected \(Self.ratios.count) numbers")
        }
    }

    /// Takes in an interval. What is no count, or without exposure on a side, tells nothing.
    ///
    /// - Parameters:
    ///   - suspect: The events of the side that may have more.
    ///   - other: Those of the other side.
    ///   - suspectExposure: What the events are held against: time or traffic.
    ///   - otherExposure: The same of the other side.
    package mutating func update(suspect: Double, other: Double, suspectExposure: Double = 1, otherExposure: Double = 1)
    {
        let all = suspect + other
        let share = suspectExposure / (suspectExposure + otherExposure)
        guard suspect >= 0, other >= 0, all <= Self.mostEvents, share > 0, share < 1 else { return }
        for (index, ratio) in Self.ratios.enumerated() {
            let gain: Double = suspect * log(ratio)
            logs[index] += gain - all * log1p(share * (ratio - 1))
        }
    }

    /// The logarithm of the evidence: 0 at first; at log(1/α) nothing different is refuted at the level α.
    package var logarithm: Double { LogMean.of(logs) }
}

/// The mean of numbers by their logarithms.
enum LogMean {
    /// log of the mean of exp(log), without overflow; −∞ for none.
    static func of(_ logs: [Double]) -> Double {
        guard let most = logs.max(), most > -.infinity else { return -.infinity }
        let sum = logs.reduce(0) { $0 + exp($1 - most) }
        return most + log(sum / Double(logs.count))
    }
}
