import AuspexChanges
import AuspexSignals

/// An evaluation as Datadog's API describes it.
struct GateEvaluation: Encodable {
    /// How it stands.
    enum Status: String, Encodable {
        case inProgress = "in_progress"
        case pass, fail
    }

    private struct Content: Encodable {
        var id: String
        var type = "deployment_gates_evaluation_response"
        var attributes: Attributes
    }

    private struct Attributes: Encodable {
        var dryRun: Bool
        var evaluationID: String
        var evaluationURL: String
        var gateID: String
        var status: Status
        var rules: [Rule]

        enum CodingKeys: String, CodingKey {
            case dryRun = "dry_run"
            case evaluationID = "evaluation_id"
            case evaluationURL = "evaluation_url"
            case gateID = "gate_id"
            case status = "gate_status"
            case rules
        }
    }

    private struct Rule: Encodable {
        var name: String
        var status: Status
        var reason: String
        var dryRun: Bool

        enum CodingKeys: String, CodingKey {
            case name, status, reason
            case dryRun = "dry_run"
        }
    }

    private var data: Content

    /// An evaluation without a result.
    init(_ id: String, status: Status, page: String, _ policy: GatePolicy) {
        data = Content(
            id: id,
            attributes: Attributes(
                dryRun: policy.dryRun, evaluationID: id, evaluationURL: page, gateID: policy.name, status: status,
                rules: []))
    }

    /// The result. Each reason is a rule, which fails when it decides alone; what is not known fails unless the policy
    /// passes it. Those that fail come first.
    init(_ id: String, _ verdict: Verdict, page: String) {
        self.init(id, status: verdict.mayGoOn ? .pass : .fail, page: page, verdict.policy)
        let isLackFatal = verdict.verdict == .inconclusive && verdict.policy.inconclusive == .fail
        let rules =
            verdict.reasons.enumerated().map { place, reason in
                Rule(
                    name: "reason \(place + 1)", status: reason.weight >= 1 ? .fail : .pass, reason: reason.text,
                    dryRun: verdict.dryRun)
            }
            + verdict.missing.enumerated().map { place, text in
                Rule(
                    name: "missing \(place + 1)", status: isLackFatal ? .fail : .pass, reason: text,
                    dryRun: verdict.dryRun)
            }
        data.attributes.rules = rules.filter { $0.status == .fail } + rules.filter { $0.status != .fail }
    }
}
