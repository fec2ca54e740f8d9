import AuspexSignals

/// What GitLab is told.
enum GitLabAnswer {
    /// The longest comment on a deployment that is sent.
    static let longestComment = 1_024

    /// The answer of an external status check. One that is pending for two minutes counts as failed at GitLab, so it is to
    /// be told again while the gate waits.
    static func statusCheck(_ stage: AnswerStage, sha: String, check: Int64) -> JSONValue {
        let status =
            switch stage {
            case .taken, .waiting: "pending"
            case .settled(let verdict): verdict.mayGoOn ? "passed" : "failed"
            }
        return .object([
            "sha": .string(sha), "external_status_check_id": .int(check), "status": .string(status),
        ])
    }

    /// The approval of a deployment.
    static func approval(_ verdict: Verdict, page: String?) -> JSONValue {
        .object([
            "status": .string(verdict.mayGoOn ? "approved" : "rejected"),
            "comment": .string(verdict.markdown(page: page, bytes: longestComment)),
        ])
    }
}
