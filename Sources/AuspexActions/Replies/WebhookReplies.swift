import AuspexSignals

/// Verdicts for a webhook of the operator's own, signed.
struct WebhookReplies: Sendable {
    let access: ReplyAccess.Webhook
    let line: ReplyLine

    func send(_ reply: OutgoingReply, at now: Timestamp) async -> ReplyOutcome {
        let body = Array(reply.body.canonicalText.utf8)
        do throws(ReplyLine.Obstacle) {
            let answer = try await line.send(
                to: access.url,
                headers: access.signer.headers(id: reply.id, at: now, body: body) + [
                    ("Content-Type", "application/json")
                ],
                body: body)
            return ReplyLine.outcome(of: answer, at: now)
        } catch {
            return error.outcome
        }
    }
}
