import AuspexSignals
import AuspexTesting
import Foundation

@testable import AuspexWire

/// Small deliveries of our own, so that the tests run without the public data.
enum HookSamples {
    static let receivedAt = Timestamp(milliseconds: 1_700_000_000_000)
    static let noon = Timestamp(milliseconds: 1_772_366_400_000)
    static let json = [("Content-Type", "application/json")]

    static func decode(
        _ sender: HookSender, _ body: String, _ headers: [(String, String)] = [], names: [ServiceName] = [],
        limits: HookLimits = HookLimits()
    ) throws(HookError) -> HookDelivery {
        try HookReceiver.decode(
            sender, headers: HookHeaders(json + headers), body: Data(body.utf8), receivedAt: receivedAt, names: names,
            limits: limits)
    }

    static func change(
        _ sender: HookSender, _ body: String, _ headers: [(String, String)] = [], names: [ServiceName] = []
    ) throws -> Change? {
        for case .change(let change) in try decode(sender, body, headers, names: names).items { return change }
        return nil
    }

    static func question(
        _ sender: HookSender, _ body: String, _ headers: [(String, String)] = [], names: [ServiceName] = []
    ) throws -> DeploymentQuestion? {
        for case .question(let question) in try decode(sender, body, headers, names: names).items { return question }
        return nil
    }

    /// The headers of GitHub's deliveries.
    static func gitHub(_ event: String, _ id: String = "72d3162e-cc78-11e3-81ab-4c9367dc0958") -> [(String, String)] {
        [("X-GitHub-Event", event), ("X-GitHub-Delivery", id)]
    }

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
        ref: String = "refs/heads/main", before: String = "aaa", after: String = "bbb", pushedAt: String = "1772366400",
        commits: String = "[]"
    ) -> String {
        """
        {"ref":"\(ref)","before":"\(before)","after":"\(after)","head_commit":{"message":"Add cart\\n\\nbody",\
        "timestamp":"2026-03-01T11:00:00+01:00"},"pusher":{"name":"ann"},"sender":{"login":"ann"},"commits":\(commits),\
        "repository":{"name":"shop","full_name":"acme/shop","default_branch":"main","pushed_at":\(pushedAt)}}
        """
    }

    static func pullRequest(action: String = "closed", merged: Bool = true, base: String = "main") -> String {
        """
        {"action":"\(action)","pull_request":{"number":12,"title":"Add cart","merged":\(merged),\
        "merged_at":\(merged ? "\"2026-03-01T12:00:00Z\"" : "null"),"commits":4,\
        "merge_commit_sha":"bbb","user":{"login":"ann"},"base":{"ref":"\(base)","sha":"aaa"}},\(repository)}
        """
    }

    static let protectionRule = """
        {"action":"requested","environment":"production","deployment_callback_url":"https://api.github.com/x",\
        "deployment":{"id":7,"sha":"abc123","creator":{"login":"ann"}},"installation":{"id":3},\(repository)}
        """

    static func gitLabDeployment(_ status: String) -> String {
        """
        {"object_kind":"deployment","status":"\(status)","status_changed_at":"2026-03-01 13:00:00 +0100",\
        "deployment_id":15,"environment":"production","project":{"id":30,"path_with_namespace":"acme/shop",\
        "default_branch":"main"},"short_sha":"279484c0","user":{"username":"ann"},"commit_title":"Add cart"}
        """
    }

    static func jenkins(_ phase: String, status: String = "SUCCESS", more: String = "") -> String {
        """
        {"name":"ship","build":{"full_url":"http://ci/job/ship/18/","number":18,"phase":"\(phase)",\
        "status":"\(status)","timestamp":1772366400000,"duration":60000,\
        "scm":{"url":"git@github.com:acme/shop.git","commit":"abc123"}\(more)}}
        """
    }

    static func argoCD(_ phase: String, health: String = "Healthy") -> String {
        """
        {"app":"shop","phase":"\(phase)","health":"\(health)","revision":"abc123","environment":"<no value>",\
        "repository":"https://github.com/acme/shop.git","startedAt":"2026-03-01T12:00:00Z",\
        "finishedAt":"\(phase == "Running" ? "" : "2026-03-01T12:05:00Z")","author":"ann","message":"ok"}
        """
    }

    static func flagger(_ phase: String) -> String {
        """
        {"name":"shop","namespace":"production","phase":"\(phase)","checksum":"85d5","metadata":\
        {"eventMessage":"told","eventType":"Normal","timestamp":"1772366400000","token":"t0ken"}}
        """
    }

    static func spinnaker(_ type: String, _ content: String) -> String {
        """
        {"details":{"source":"orca","type":"\(type)","application":"shop"},"content":\(content)}
        """
    }

    static func stage(_ type: String, status: String = "RUNNING") -> String {
        """
        {"stageDetails":{"type":"\(type)","name":"Ship it"},"context":{"account":"production"},\
        "startTime":1772366400000,"endTime":1772366460000,"execution":{"id":"01E","name":"Release",\
        "status":"\(status)","trigger":{"user":"ann","parameters":{"version":"v2"}}}}
        """
    }

    static func cdEvent(
        _ type: String, chain: String? = "c1", id: String = "e1", links: String = "[]",
        artifact: String = "pkg:oci/shop@v2"
    ) -> String {
        """
        {"context":{"id":"\(id)","source":"/ci","type":"dev.cdevents.\(type).0.3.0",\
        "timestamp":"2026-03-01T12:00:00Z",\(chain.map { "\"chainId\":\"\($0)\"," } ?? "")"links":\(links)},\
        "subject":{"id":"shop","content":{"environment":{"id":"production"},"artifactId":"\(artifact)"}}}
        """
    }

    /// One delivery of every sender that is read.
    static let all: [(sender: HookSender, headers: [(String, String)], body: String)] = [
        (.github, gitHub("deployment"), deployment()), (.github, gitHub("deployment_status"), status("success")),
        (.github, gitHub("push"), push(commits: #"[{"timestamp":"2026-03-01T10:00:00Z"}]"#)),
        (.github, gitHub("pull_request"), pullRequest()),
        (.github, gitHub("deployment_protection_rule"), protectionRule),
        (.gitlab, [], gitLabDeployment("success")), (.gitlab, [], gitLabDeployment("blocked")),
        (.jenkins, [], jenkins("COMPLETED")), (.argocd, [], argoCD("Succeeded")), (.flagger, [], flagger("Failed")),
        (.spinnaker, [], spinnaker("orca:stage:complete", stage("deploy"))),
        (.cdevents, [], cdEvent("service.deployed")),
        (.generic, [], #"{"type":"change","id":"d1","service":"shop","startedAt":1772366400000,"commits":3}"#),
        (.generic, [], #"{"type":"gate","id":"g1","service":"shop","environment":"production","sha":"abc"}"#),
        (
            .circleci, [],
            """
            {"id":"x","type":"job-completed","project":{"name":"shop","slug":"gh/acme/shop"},"job":{"id":"j1",\
            "name":"ship","status":"failed","started_at":"2026-03-01T12:00:00Z"},"pipeline":{"vcs":{"revision":"abc"}}}
            """
        ),
    ]
}
