import AuspexLogs
import AuspexSignals
import AuspexTesting
import Foundation

/// Lines with one parameter of a known kind, usual ones, and then a strange one.
struct ParameterSimulation {
    /// What the parameter is.
    enum Kind: String, CaseIterable {
        case constant
        case normal
        case rounded
        case exponential
        case lognormal
        case studentT2
        case pareto1
        case pareto05
        case twoModes
        case uniformID
        case counter
        case hexID
        case fewWords
        case manyWords
        case dailyLoad
    }

    struct Result: CustomStringConvertible {
        var kind: Kind
        /// Alerts per usual line after the warm-up.
        var falseAlarmRate: Double
        /// The share of strange values that were found.
        var recall: Double?

        var description: String {
            let recall = recall.map { String(format: "%.2f", $0) } ?? "-"
            return kind.rawValue + String(format: ": %.2g per line, recall ", falseAlarmRate) + recall
        }
    }

    var kind: Kind
    var seed: UInt64
    var usual = 100_000
    var strange = 50
    /// A strange number is this many times, up to twice as many, what one in 1,000 usual ones exceeds.
    var factor = 10.0

    func run(_ configuration: ParameterDetector.Configuration = .init()) throws -> Result {
        var random = SplitMix64(seed: seed)
        var detector = try ParameterDetector(configuration: configuration)
        var (alerts, found) = (0, 0)
        for line in 0..<usual {
            alerts += update(&detector, value(line, &random), line)
        }
        let isJudged = ![Kind.uniformID, .counter, .hexID, .manyWords].contains(kind)
        let largest = extreme()
        // Each strange value comes to a detector that has seen no other, so that one does not make the next usual.
        for number in 0..<strange {
            var copy = detector
            found += update(&copy, strangeValue(number, largest * (1 + random.uniform())), usual + number)
        }
        return Result(
            kind: kind, falseAlarmRate: Double(alerts) / Double(usual - 500),
            recall: isJudged ? Double(found) / Double(strange) : nil)
    }

    private func update(_ detector: inout ParameterDetector, _ value: String, _ line: Int) -> Int {
        let text = Array(value.utf8)
        return detector.update(
            TemplateID(1), parameters: [0..<text.count], of: text.span,
            at: Timestamp(milliseconds: Int64(line) * 1_000)
        ).count
    }

    /// What one in 1,000 usual numbers exceeds.
    private func extreme() -> Double {
        var random = SplitMix64(seed: seed &+ 1)
        let sample = (0..<20_000).compactMap { line in Double(value(line * 5, &random)) }.sorted()
        return sample.isEmpty ? 0 : sample[sample.count - 1 - sample.count / 1_000]
    }

    private func strangeValue(_ line: Int, _ largest: Double) -> String {
        kind == .fewWords ? "strange-\(line)" : "\(largest * factor)"
    }

    private func value(_ line: Int, _ random: inout SplitMix64) -> String {
        switch kind {
        case .constant: "4096"
        case .normal: "\(100 + 10 * random.normal())"
        case .rounded: "\(Int((100 + 60 * random.normal()).rounded()))"
        case .exponential: "\(0.02 * random.exponential())"
        case .lognormal: "\(exp(random.normal()))"
        case .studentT2: "\(random.normal() / (random.exponential()).squareRoot())"
        case .pareto1: "\(1 / (1 - random.uniform()))"
        case .pareto05: "\(pow(1 - random.uniform(), -2))"
        case .twoModes:
            random.uniform() < 0.97 ? "\(0.001 * exp(0.3 * random.normal()))" : "\(exp(0.3 * random.normal()))"
        case .uniformID: "\(random.next() >> 20)"
        case .counter: "\(1_000 + line * 3 + Int(random.uniform() * 3))"
        case .hexID: String(random.next(), radix: 16)
        case .fewWords: "word\(min(11, Int(random.exponential() * 3)))"
        case .manyWords: "word\(Int(pow(1 - random.uniform(), -1.2)))"
        case .dailyLoad:
            "\(exp(0.3 * random.normal()) * (1 + 0.6 * sin(2 * .pi * Double(line) / 20_000)))"
        }
    }
}
