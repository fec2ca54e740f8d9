import AuspexSignals
import AuspexTesting

/// Answers of a gate, as a server gives them.
enum GateAnswers {
    /// A verdict as text.
    ///
    /// - Parameters:
    ///   - service: Comes back in the answer, whatever it is.
    ///   - members: Further members, or others in place of the usual ones.
    static func text(_ verdict: String, service: String = "shop", _ members: [String: JSONValue] = [:]) -> String {
        let policy: [String: JSONValue] = ["name": .string("default"), "inconclusive": .string("fail")]
        var all: [String: JSONValue] = [
            "id": .string("0f0f0f0f"), "service": .string(service), "environment": .string("production"),
            "sha": .string("abc"), "version": .string(""), "verdict": .string(verdict), "score": .double(12.5),
            "risk": .null, "health": .null, "reasons": .array([]), "missing": .array([.string("risk: not | measured")]),
            "policy": .object(policy), "dryRun": .bool(false), "override": .null, "expiresAt": .int(1_772_366_400_000),
        ]
        all.merge(members) { _, new in new }
        return JSONValue.object(all).canonicalText
    }

    static func answer(
        _ verdict: String, service: String = "shop", _ members: [String: JSONValue] = [:]
    ) -> LoopbackServer.Manner {
        LoopbackServer.ok(text(verdict, service: service, members))
    }

    /// That somebody overrode a verdict.
    static let override = JSONValue.object([
        "reason": .string("the site is down"), "by": .string("ada"), "at": .int(1_772_366_400_000),
    ])
}
