import Foundation

/// What a ``SessionEvaluation`` found.
public struct SessionEvaluationResult: Hashable, Sendable {
    /// What became of one method.
    public enum Outcome: Hashable, Sendable {
        /// It was measured.
        case measured(ConfusionCounts)
        /// The method said that it cannot tell.
        case abstained(reason: String)
        /// The method could not be fitted.
        case failed(reason: String)
    }

    /// One method under one protocol on one data set.
    public struct Row: Hashable, Sendable {
        /// The data set.
        public var set: String
        /// The protocol.
        public var plan: SessionProtocol
        /// The method.
        public var method: SessionMethod
        /// Sessions that were learnt from.
        public var training: Int
        /// Sessions that were judged.
        public var test: Int
        /// Anomalies among those that were judged.
        public var anomalies: Int
        /// What became of it.
        public var outcome: Outcome
    }

    /// One row for each data set, protocol and method, in this order.
    public var rows: [Row]

    /// The figures of a method; nil where it was not measured.
    public func counts(_ set: String, _ plan: SessionProtocol, _ method: SessionMethod) -> ConfusionCounts? {
        let row = rows.first { $0.set == set && $0.plan == plan && $0.method == method }
        guard case .measured(let counts)? = row?.outcome else { return nil }
        return counts
    }

    /// The result as text, with a line feed at the end.
    public func text(_ format: EvaluationFormat) throws -> String {
        switch format {
        case .table: return table
        case .csv: return csv
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    private static let digits = 4

    private var table: String {
        let head = ["set", "protocol", "method", "train", "test", "anomalies", "P", "R", "F1", "FPR", "F1 of all", ""]
        let lines = rows.map { row -> [String] in
            let start = [row.set, row.plan.rawValue, row.method.rawValue]
            let sizes = [row.training, row.test, row.anomalies].map { "\($0)" }
            let all = counts(row.set, row.plan, .all).map { Self.text($0.f1) } ?? "-"
            return start + sizes + Self.figures(row.outcome, missing: "-") + [all, Self.note(row.outcome)]
        }
        let sides: [AlignedText.Side] = [.left, .left, .left] + Array(repeating: .right, count: 8) + [.left]
        return AlignedText.table([head] + lines, sides: sides)
    }

    private var csv: String {
        let head = ["set", "protocol", "method", "training", "test", "anomalies"]
        return CSVText.row(head + ["precision", "recall", "f1", "fpr", "note"])
            + rows.map { row in
                CSVText.row(
                    [row.set, row.plan.rawValue, row.method.rawValue]
                        + [row.training, row.test, row.anomalies].map { "\($0)" }
                        + Self.figures(row.outcome, missing: "") + [Self.note(row.outcome)])
            }.joined()
    }

    private static func figures(_ outcome: Outcome, missing: String) -> [String] {
        guard case .measured(let counts) = outcome else { return Array(repeating: missing, count: 4) }
        return [counts.precision, counts.recall, counts.f1, counts.falsePositiveRate].map(text)
    }

    private static func text(_ figure: Double) -> String { NumberText.fixed(figure, digits) }

    private static func note(_ outcome: Outcome) -> String {
        switch outcome {
        case .measured: ""
        case .abstained(let reason): "abstained: \(reason)"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}

extension SessionEvaluationResult: Encodable {}

extension SessionEvaluationResult.Row: Encodable {
    private enum Key: String, CodingKey {
        case set
        case plan = "protocol"
        case method, training, test, anomalies, precision, recall, f1, fpr, abstained, error
    }

    /// Writes the sizes, and the figures or why there are none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(set, forKey: .set)
        try container.encode(plan, forKey: .plan)
        try container.encode(method, forKey: .method)
        try container.encode(training, forKey: .training)
        try container.encode(test, forKey: .test)
        try container.encode(anomalies, forKey: .anomalies)
        switch outcome {
        case .measured(let counts):
            try container.encode(counts.precision, forKey: .precision)
            try container.encode(counts.recall, forKey: .recall)
            try container.encode(counts.f1, forKey: .f1)
            try container.encode(counts.falsePositiveRate, forKey: .fpr)
        case .abstained(let reason): try container.encode(reason, forKey: .abstained)
        case .failed(let reason): try container.encode(reason, forKey: .error)
        }
    }
}
