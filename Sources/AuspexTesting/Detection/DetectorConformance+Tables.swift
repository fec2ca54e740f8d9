import AuspexDetection
import AuspexSignals

/// Tables on which detectors break.
struct ConformanceTable {
    let name: String
    let columns: [[Double]]
    /// Whether every row must score 0.
    var isConstant = false
    /// Whether values are missing between others.
    var hasHoles: Bool { columns.contains { $0.contains(where: \.isNaN) && !$0.allSatisfy(\.isNaN) } }

    static var all: [ConformanceTable] {
        let ordinary = GeneratedSeries(seed: 11, rows: 300).values
        let other = GeneratedSeries(seed: 12, rows: 300).values
        let flat = [Double](repeating: 4.2, count: 300)
        let missing = [Double](repeating: .nan, count: 300)
        var random = SplitMix64(seed: 13)
        let holed = ordinary.map { random.uniform() < 0.3 ? .nan : $0 }
        var spike = [Double](repeating: 0, count: 300)
        spike[150] = 7
        var tables = [
            ConformanceTable(name: "ordinary", columns: [ordinary]),
            ConformanceTable(name: "three columns", columns: [ordinary, flat, other]),
            ConformanceTable(name: "a column without values", columns: [ordinary, missing]),
            ConformanceTable(name: "holes", columns: [holed]),
            ConformanceTable(name: "holes in both columns", columns: [holed, holed]),
            ConformanceTable(
                name: "a gap", columns: [ordinary[..<100] + missing[..<100] + ordinary[200...]].map(Array.init)),
            ConformanceTable(
                name: "holes at both ends",
                columns: [missing[..<50] + ordinary[50..<250] + missing[250...]].map(Array.init)),
            ConformanceTable(
                name: "infinities", columns: [ordinary.map { $0 > 3.5 ? .infinity : ($0 < 0.2 ? -.infinity : $0) }]),
            ConformanceTable(name: "one spike", columns: [spike]),
            ConformanceTable(name: "a step", columns: [(0..<300).map { $0 < 200 ? 1 : 2 }]),
            ConformanceTable(name: "two values by turns", columns: [(0..<300).map { Double($0 % 2) }]),
            ConformanceTable(name: "an exact cycle", columns: [(0..<300).map { Double($0 % 12) }]),
            ConformanceTable(name: "a line", columns: [(0..<300).map(Double.init)]),
            ConformanceTable(name: "huge values", columns: [ordinary.map { $0 * 1e300 }]),
            ConformanceTable(
                name: "huge against small",
                columns: [ordinary.enumerated().map { $0 % 97 == 0 ? .greatestFiniteMagnitude : -$1 }]),
            ConformanceTable(
                name: "opposite extremes",
                columns: [(0..<300).map { $0 % 2 == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }]),
            ConformanceTable(name: "tiny values", columns: [ordinary.map { $0 * 1e-300 * 1e-10 }]),
            ConformanceTable(name: "large offset", columns: [ordinary.map { 1e12 + $0 }]),
            ConformanceTable(name: "constant", columns: [flat], isConstant: true),
            ConformanceTable(name: "constant at 0.1", columns: [flat.map { _ in 0.1 }], isConstant: true),
            ConformanceTable(name: "zeros", columns: [flat.map { _ in 0 }], isConstant: true),
            ConformanceTable(name: "constant columns", columns: [flat, flat.map { -$0 }], isConstant: true),
            ConformanceTable(
                name: "constant with holes", columns: [holed.map { $0.isNaN ? .nan : 1 }], isConstant: true),
            ConformanceTable(name: "no values at all", columns: [missing], isConstant: true),
        ]
        for rows in [0, 1, 2, 3, 4, 5, 7, 8, 11, 16, 30, 31, 49, 50, 51, 52] {
            tables.append(ConformanceTable(name: "\(rows) row(s)", columns: [Array(ordinary[..<rows])]))
            tables.append(
                ConformanceTable(name: "\(rows) missing row(s)", columns: [Array(missing[..<rows])], isConstant: true))
        }
        return tables
    }
}

extension DetectorConformance {
    func tableFailures(_ detector: any BatchDetector) -> [String] {
        ConformanceTable.all.flatMap { example -> [String] in
            do {
                let table = try Table(columns: example.columns)
                let output = try detector.fit(table, training: nil).scores(table)
                var failures = outputFailures(output, table: table, name: example.name)
                if example.isConstant, !(scoresTimes && example.hasHoles), output.scores.contains(where: { $0 != 0 }) {
                    failures.append("\(example.name): a constant table does not score 0 throughout")
                }
                if try detector.fit(table, training: nil).scores(table) != output {
                    failures.append("\(example.name): a second run gives other numbers")
                }
                return failures
            } catch {
                return ["\(example.name): refused with \(error)"]
            }
        }
    }

    /// What is wrong with an output for `table`.
    func outputFailures(_ output: DetectorOutput, table: Table, name: String) -> [String] {
        var failures: [String] = []
        guard output.scores.count == table.rows else {
            return ["\(name): \(output.scores.count) scores for \(table.rows) rows"]
        }
        if let row = output.scores.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
            failures.append("\(name): row \(row) scores \(output.scores[row])")
        }
        if let row = (0..<table.rows).first(where: { row in
            output.scores[row] != 0 && (0..<table.columns).allSatisfy { table[row, $0].isNaN }
        }) {
            failures.append("\(name): row \(row) has no value and scores \(output.scores[row])")
        }
        if let expectations = output.expectations {
            if table.columns > 1 { failures.append("\(name): expectations for more than one column") }
            if expectations.count != table.rows {
                failures.append("\(name): \(expectations.count) expectations for \(table.rows) rows")
            }
            if let wrong = expectations.compactMap({ $0 }).first(where: { !Self.isSound($0) }) {
                failures.append("\(name): the expectation \(wrong) is no band around a value")
            }
        }
        return failures
    }

    static func isSound(_ expectation: Expectation) -> Bool {
        expectation.value.isFinite && expectation.lower.isFinite && expectation.upper.isFinite
            && expectation.lower <= expectation.value && expectation.value <= expectation.upper
    }
}
