import AuspexSignals
import Foundation

@testable import AuspexWire

/// Small deliveries of our own, so that the tests run without the public data.
enum GitHubFixtures {
    static let receivedAt = Timestamp(milliseconds: 1_700_000_000_000)
    static let repository = #""repository":{"name":"shop","full_name":"acme/shop","default_branch":"main"}"#

    static func deployment(payload: String = "{}", description: String = "null") -> String {
        """
        {"action":"created","deployment":{"id":7,"sha":"abc123","ref":"main","environment":"production",\
        "description":\(description),"payload":\(payload),"creator":{"login":"ann"},\
        "created_at":"2026-03-01T12:00:00Z"},\(repository)}
        """
    }

    static func status(_ state: String, environment: String = "\"production\"") -> String {
        """
        {"action":"created","deployment_status":{"state":"\(state)","environment":\(environment),\
        "created_at":"2026-03-01T12:05:00Z"},"deployment":{"id":7,"sha":"abc123","ref":"main",\
        "environment":"staging","creator":{"login":"ann"},"created_at":"2026-03-01T12:00:00Z"},\(repository)}
        """
    }

    static func push(
        ref: String = "refs/heads/main", before: String = "aaa", after: String = "bbb", pushedAt: String = "1772366400"
    ) -> String {
        """
        {"ref":"\(ref)","before":"\(before)","after":"\(after)","head_commit":{"message":"Add cart\\n\\nbody",\
        "timestamp":"2026-03-01T11:00:00+01:00"},"pusher":{"name":"ann"},"sender":{"login":"ann"},\
        "repository":{"name":"shop","full_name":"acme/shop","default_branch":"main","pushed_at":\(pushedAt)}}
        """
    }

    static func pullRequest(
        action: String = "closed", state: String = "closed", merged: Bool = true, base: String = "main"
    ) -> String {
        """
        {"action":"\(action)","pull_request":{"number":12,"title":"Add cart","state":"\(state)","merged":\(merged),\
        "merged_at":\(merged ? "\"2026-03-01T12:00:00Z\"" : "null"),\
        "merge_commit_sha":"bbb","user":{"login":"ann"},"head":{"ref":"cart","sha":"hhh"},\
        "base":{"ref":"\(base)","sha":"aaa"},"additions":10,"deletions":2,"changed_files":3,"commits":4},\(repository)}
        """
    }

    static func decode(_ event: String, _ body: String) throws(GitHubError) -> GitHubDelivery {
        try GitHubWebhook.decode(event: event, delivery: "d-1", body: Data(body.utf8), receivedAt: receivedAt)
    }

    static func change(_ event: String, _ body: String) throws -> Change? {
        if case .change(let change) = try decode(event, body).content { change } else { nil }
    }
}
