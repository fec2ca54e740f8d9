import AuspexSignals

/// CDEvents, in CloudEvents' structured mode over HTTP.
struct EventReplies: Sendable {
    let url: String
    let line: ReplyLine

    func send(_ reply: OutgoingReply, at now: Timestamp) async -> ReplyOutcome {
        do throws(ReplyLine.Obstacle) {
            let answer = try await line.send(
                to: url, headers: [("Content-Type", "application/cloudevents+json; charset=utf-8")],
                body: Array(reply.body.canonicalText.utf8))
            return ReplyLine.outcome(of: answer, at: now)
        } catch {
            return error.outcome
        }
    }
}
