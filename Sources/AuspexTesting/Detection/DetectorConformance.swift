public import AuspexDetection
import AuspexSignals

/// What every detector must keep, shipped ones and users' own. Register the detector, name it, and expect no failures:
///
/// ```swift
/// var registry = DetectorRegistry.standard
/// try registry.register(batch: MyDetector.self)
/// #expect(DetectorConformance("my-detector", registry: registry).failures().isEmpty)
/// ```
///
/// Checked are: the descriptor; the shape and range of the output on ordinary, constant, missing, short, empty and extreme
/// tables; that the same input gives the same bits; errors for impossible input; the area under the curve on generated
/// data; for streaming detectors also that the stream gives, bit for bit, the scores of the table, and that a snapshot at
/// any point changes nothing.
public struct DetectorConformance: Sendable {
    let specification: String
    let isOnline: Bool
    let registry: DetectorRegistry
    let areaFloor: Double
    let seeds: [UInt64]
    let scoresTimes: Bool

    /// - Parameters:
    ///   - specification: the detector with the parameters to check it at.
    ///   - online: whether its streaming form is checked, where it has two.
    ///   - registry: where it is looked up.
    ///   - areaFloor: the least area under the curve on ``GeneratedSeries``; 0.5 is a coin's. The default is what windows
    ///     of a day or two reach, which blur a burst of six rows; one that looks at rows should ask for 0.95.
    ///   - seeds: one generated series each.
    ///   - scoresTimes: whether it looks at when rows come, so that missing rows among constant ones may score.
    public init(
        _ specification: String, online: Bool = false, registry: DetectorRegistry = .standard,
        areaFloor: Double = 0.7, seeds: [UInt64] = [1, 2, 3], scoresTimes: Bool = false
    ) {
        self.specification = specification
        isOnline = online
        self.registry = registry
        self.areaFloor = areaFloor
        self.seeds = seeds
        self.scoresTimes = scoresTimes
    }

    /// What the detector does not keep, in sentences; empty when it conforms.
    public func failures() -> [String] {
        do {
            let detector = try registry.make(specification, online: isOnline)
            let descriptor = type(of: detector).descriptor
            var failures = failures(of: descriptor)
            failures += tableFailures(detector)
            failures += errorFailures(detector)
            failures += areaFailures(detector)
            if descriptor.kind == .streaming { failures += streamFailures(detector) }
            return failures
        } catch {
            return ["'\(specification)' cannot be made: \(error)"]
        }
    }

    private func failures(of descriptor: DetectorDescriptor) -> [String] {
        let texts = [
            ("summary", descriptor.summary), ("family", descriptor.family), ("cost", descriptor.cost),
            ("memory", descriptor.memory), ("source", descriptor.source),
            ("minimumHistory", descriptor.minimumHistory),
        ]
        var failures = texts.filter(\.1.isEmpty).map { "the descriptor's \($0.0) is empty" }
        failures += descriptor.parameters.filter(\.meaning.isEmpty).map { "parameter '\($0.name)' has no meaning" }
        let names = descriptor.parameters.map(\.name)
        if Set(names).count != names.count { failures.append("a parameter is declared twice") }
        do {
            _ = try registry.make(descriptor.name, online: isOnline)
        } catch {
            failures.append("the defaults are refused: \(error)")
        }
        return failures
    }

    private func areaFailures(_ detector: any BatchDetector) -> [String] {
        seeds.compactMap { seed in
            let series = GeneratedSeries(seed: seed)
            do {
                let table = try Table(columns: [series.values])
                let scores = try detector.fit(table, training: nil).scores(table).scores
                guard let area = series.areaUnderCurve(scores), area >= areaFloor else {
                    return "seed \(seed): the area under the curve is "
                        + "\(series.areaUnderCurve(scores).map { "\($0)" } ?? "undefined"), under \(areaFloor)"
                }
                return nil
            } catch {
                return "seed \(seed): an ordinary table of \(series.values.count) rows is refused: \(error)"
            }
        }
    }

    private func errorFailures(_ detector: any BatchDetector) -> [String] {
        var failures: [String] = []
        do {
            let one = try Table(columns: [GeneratedSeries(seed: 7, rows: 300).values])
            let two = try Table(columns: [one.column(0), one.column(0)])
            for training in [0..<0, 0..<301, 299..<302] {
                do {
                    _ = try detector.fit(one, training: training)
                    failures.append("training rows \(training) of 300 are accepted")
                } catch .invalidTraining {
                } catch {
                    failures.append(
                        "training rows \(training) of 300 give another error than invalidTraining: \(error)")
                }
            }
            // A stream's model runs each column by itself, so that width does not matter to it.
            if type(of: detector).descriptor.kind == .batch {
                do {
                    _ = try detector.fit(one, training: nil).scores(two)
                    failures.append("a model of one column scores two")
                } catch .widthMismatch {
                } catch {
                    failures.append("two columns for a model of one give another error than widthMismatch: \(error)")
                }
            }
            let trained = try detector.fit(one, training: 10..<200).scores(one)
            failures += outputFailures(trained, table: one, name: "trained on a part")
        } catch {
            failures.append("an ordinary table of 300 rows is refused: \(error)")
        }
        return failures
    }
}
