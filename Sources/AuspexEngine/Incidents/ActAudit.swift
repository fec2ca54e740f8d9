import AuspexRules
import AuspexSignals

/// What the audit calls what people do.
extension IncidentAct.Kind {
    var name: String {
        switch self {
        case .acknowledge: "acknowledged"
        case .comment: "commented"
        case .resolve: "resolved"
        case .reopen: "reopened"
        case .merge: "merged"
        case .move: "moved"
        }
    }
}

extension SilenceChange {
    var name: String {
        switch self {
        case .add: "added"
        case .expire: "expired"
        case .edit: "edited"
        }
    }

    func detail(by person: String) -> JSONValue {
        var detail: [String: JSONValue] = ["by": .string(person)]
        switch self {
        case .add(let silence): detail.merge(silence.detail) { first, _ in first }
        case .expire(let id): detail["silence"] = .string(id)
        case .edit(let id, let silence):
            detail.merge(silence.detail) { first, _ in first }
            detail["replaces"] = .string(id)
        }
        return .object(detail)
    }
}

extension Silence {
    fileprivate var detail: [String: JSONValue] {
        [
            "silence": .string(id), "matchers": .string(matchers.description), "from": .string(startsAt.iso8601),
            "until": .string(endsAt.iso8601), "comment": .string(comment),
        ]
    }
}
