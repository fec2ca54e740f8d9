/// Measures how well anomalous sessions are told from normal ones.
///
/// ```swift
/// let result = try SessionEvaluation().run(paths: ["data/hdfs_100k_sessions"])
/// print(try result.text(.table))
/// ```
///
/// Every threshold comes from the sessions that a protocol learns from. Figures stand beside that of flagging everything:
/// on some data sets that is hard to beat, and F1 alone does not show it.
public struct SessionEvaluation: Sendable {
    /// What is measured.
    public var methods: [SessionMethod]
    /// How it is divided; those that don't fit a data set are passed over.
    public var protocols: [SessionProtocol]

    /// Creates an evaluation; by default of everything.
    public init(
        methods: [SessionMethod] = SessionMethod.allCases, protocols: [SessionProtocol] = SessionProtocol.allCases
    ) {
        self.methods = methods
        self.protocols = protocols
    }

    /// Reads the data sets at the paths and measures on each.
    ///
    /// - Throws: `EvaluationError` when there is no data, and what reading a file throws.
    public func run(paths: [String]) throws -> SessionEvaluationResult {
        var rows: [SessionEvaluationResult.Row] = []
        for set in try SessionSet.find(paths) {
            for plan in protocols {
                guard let split = plan.split(set.content) else { continue }
                for method in methods { rows.append(row(set.name, plan, split, method)) }
            }
        }
        return SessionEvaluationResult(rows: rows)
    }

    private func row(
        _ name: String, _ plan: SessionProtocol, _ split: SessionProtocol.Split, _ method: SessionMethod
    ) -> SessionEvaluationResult.Row {
        let labels = split.test.map(\.isAnomalous)
        let outcome: SessionEvaluationResult.Outcome
        do {
            switch try method.answer(split) {
            case .flags(let flags): outcome = .measured(ConfusionCounts(flags: flags, labels: labels))
            case .abstained(let reason): outcome = .abstained(reason: reason)
            }
        } catch {
            outcome = .failed(reason: "\(error)")
        }
        return SessionEvaluationResult.Row(
            set: name, plan: plan, method: method, training: split.training.count, test: labels.count,
            anomalies: labels.count { $0 }, outcome: outcome)
    }
}
