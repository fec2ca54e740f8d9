import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexWire

@Suite struct HookSendersTests {
    private let noon = HookSamples.noon

    private func ignored(_ sender: HookSender, _ body: String, _ headers: [(String, String)] = []) throws -> String? {
        let items = try HookSamples.decode(sender, body, headers).items
        guard items.count == 1, case .ignored(let reason)? = items.first else { return nil }
        return reason
    }

    // MARK: GitLab

    static let statuses: [(status: String, outcome: Change.Outcome)] = [
        ("created", .pending), ("running", .pending), ("success", .success), ("failed", .failure),
    ]

    @Test("GitLab's deployments are changes with their outcome", arguments: statuses.indices)
    func gitLabDeployment(index: Int) throws {
        let (status, outcome) = Self.statuses[index]
        #expect(
            try HookSamples.change(.gitlab, HookSamples.gitLabDeployment(status))
                == Change(
                    id: "gitlab:acme/shop:deployment:15", service: "shop", environment: "production",
                    version: "279484c0", author: "ann", title: "Add cart", startedAt: noon,
                    endedAt: outcome == .pending ? nil : noon, outcome: outcome, source: "gitlab",
                    repository: "acme/shop"))
    }

    @Test("a deployment at GitLab that waits for approvals is a question")
    func gitLabBlocked() throws {
        let question = try HookSamples.question(.gitlab, HookSamples.gitLabDeployment("blocked"))
        #expect(question?.reply == .gitLabDeployment(project: 30, deployment: 15))
        #expect(question?.id == "gitlab:acme~shop:deployment:15" && question?.service == "shop")
        #expect(question?.sha == "279484c0" && question?.version == "", "the branch is no version")
        for status in ["skipped", "canceled"] {
            #expect(
                try ignored(.gitlab, HookSamples.gitLabDeployment(status))
                    == "the deployment status '\(status)' says nothing about the outcome")
        }
    }

    private func gitLabPush(listed: Int, total: Int?, branch: String = "main") -> String {
        let commits = (0..<listed).map { #"{"id":"c\#($0)","message":"m","timestamp":"2026-03-01T1\#($0):00:00Z"}"# }
        return """
            {"object_kind":"push","ref":"refs/heads/\(branch)","before":"aaa","after":"c\(listed - 1)",\
            "user_username":"ann",\(total.map { "\"total_commits_count\":\($0)," } ?? "")\
            "commits":[\(commits.joined(separator: ","))],"project":{"id":1,"path_with_namespace":"acme/shop",\
            "default_branch":"main"}}
            """
    }

    @Test("how old a push at GitLab is shows only when all its commits are listed")
    func gitLabPush() throws {
        let whole = try HookSamples.change(.gitlab, gitLabPush(listed: 3, total: 3))
        #expect(whole?.committedAt == noon - .hours(2) && whole?.commits == 3 && whole?.title == "m")
        let cut = try HookSamples.change(.gitlab, gitLabPush(listed: 3, total: 50))
        #expect(cut?.committedAt == nil && cut?.commits == 50)
        let unknown = try HookSamples.decode(.gitlab, gitLabPush(listed: 2, total: nil, branch: "x")).items
        guard case .commits(let commits)? = unknown.first else {
            Issue.record("\(unknown)")
            return
        }
        #expect(unknown.count == 1 && commits.count == 2 && commits.committedAt == noon - .hours(2))
    }

    @Test("a merge request asks when it comes from an external status check")
    func gitLabCheck() throws {
        func body(_ rule: String) -> String {
            """
            {"object_kind":"merge_request","project":{"id":6,"path_with_namespace":"acme/shop"},\
            "object_attributes":{"iid":4,"last_commit":{"id":"abc"}}\(rule)}
            """
        }
        let question = try HookSamples.question(.gitlab, body(#","external_approval_rule":{"id":2,"name":"QA"}"#))
        #expect(question?.reply == .gitLabStatusCheck(project: 6, mergeRequest: 4, sha: "abc", check: 2))
        #expect(try ignored(.gitlab, body(""))?.contains("changes nothing by itself") == true)
    }

    @Test("GitLab's deliveries go by the key that stays the same when they are repeated")
    func gitLabIDs() throws {
        let body = HookSamples.gitLabDeployment("running")
        func id(_ headers: [(String, String)], _ body: String) throws -> String {
            try HookSamples.decode(.gitlab, body, headers).id
        }
        #expect(try id([("Idempotency-Key", "k"), ("X-Gitlab-Event-UUID", "u")], body) == "k")
        #expect(try id([("webhook-id", "w"), ("Idempotency-Key", "k")], body) == "w")
        // Events that one event causes share its UUID.
        let uuid = [("X-Gitlab-Event-UUID", "u")]
        #expect(try id(uuid, body) != id(uuid, HookSamples.gitLabDeployment("success")))
        #expect(try id([], body) == id([], body))
        #expect(try id([], body) != id([], HookSamples.gitLabDeployment("success")))
    }

    // MARK: CircleCI

    private func circleCI(_ status: String, slug: String = "circleci/1/2", type: String = "workflow-completed")
        -> String
    {
        """
        {"id":"e1","type":"\(type)","happened_at":"2026-03-01T12:00:00Z","project":{"name":"shop","slug":"\(slug)"},\
        "workflow":{"id":"w1","name":"ship","status":"\(status)","created_at":"2026-03-01T11:00:00Z"},"pipeline":\
        {"vcs":{"revision":"abc","origin_repository_url":"https://github.com/acme/shop","commit":{"subject":"Add\\u0007 \
        cart\\nbody","author":{"name":"ann"}}}}}
        """
    }

    @Test("a workflow at CircleCI is a change when it has ended")
    func circleCI() throws {
        let names = [ServiceName(sender: .circleci, match: "acme/shop/ship", service: "store")]
        #expect(
            try HookSamples.change(.circleci, circleCI("success"), names: names)
                == Change(
                    id: "circleci:workflow:w1", service: "store", version: "abc", author: "ann",
                    title: "workflow ship: Add cart", startedAt: noon - .hours(1), endedAt: noon, outcome: .success,
                    source: "circleci", repository: "acme/shop"))
        for status in ["failed", "error"] {
            #expect(try HookSamples.change(.circleci, circleCI(status, slug: "gh/acme/shop"))?.outcome == .failure)
        }
        for status in ["on_hold", "canceled", "unauthorized"] {
            #expect(
                try ignored(.circleci, circleCI(status)) == "the status '\(status)' says nothing about the outcome")
        }
        #expect(try ignored(.circleci, circleCI("success", type: "star")) == "events of the kind 'star' are not read")
        #expect(try HookSamples.decode(.circleci, #"{"type":"ping"}"#).items == [.ping])
        #expect(try HookSamples.decode(.circleci, circleCI("success")).id == "e1")
    }

    // MARK: Jenkins

    @Test("a build in Jenkins is one change through all its phases")
    func jenkins() throws {
        let started = try #require(try HookSamples.change(.jenkins, HookSamples.jenkins("STARTED")))
        #expect(started.outcome == .pending && started.startedAt == noon && started.endedAt == nil)
        let ended = try #require(try HookSamples.change(.jenkins, HookSamples.jenkins("FINALIZED")))
        #expect(ended.id == started.id && ended.id == "jenkins:http://ci/job/ship/18/")
        #expect(ended.outcome == .success && ended.endedAt == noon + .minutes(1))
        #expect(ended.service == "ship" && ended.version == "abc123" && ended.repository == "acme/shop")
        for status in ["FAILURE", "UNSTABLE"] {
            let body = HookSamples.jenkins("COMPLETED", status: status)
            #expect(try HookSamples.change(.jenkins, body)?.outcome == .failure)
        }
        for status in ["PAUSED", "ABORTED", "NOT_BUILT"] {
            #expect(
                try ignored(.jenkins, HookSamples.jenkins("COMPLETED", status: status))
                    == "the status '\(status)' says nothing about the outcome")
        }
        #expect(try ignored(.jenkins, HookSamples.jenkins("DREAMING")) == "the phase 'DREAMING' is not known")
        #expect(try ignored(.jenkins, #"{"name":"ship","build":{"phase":"QUEUED"}}"#) != nil)
    }

    @Test("parameters of a build name service, environment and version, else the configuration does")
    func jenkinsParameters() throws {
        let names = [ServiceName(sender: .jenkins, match: "acme/shop", service: "store", environment: "live")]
        let stated = HookSamples.jenkins(
            "STARTED", more: #","parameters":{"SERVICE":"cart","environment":"staging","VERSION":"v2"}"#)
        let change = try HookSamples.change(.jenkins, stated, names: names)
        #expect(change?.service == "cart" && change?.environment == "staging" && change?.version == "v2")
        let other = try HookSamples.change(.jenkins, HookSamples.jenkins("STARTED"), names: names)
        #expect(other?.service == "store" && other?.environment == "live" && other?.version == "abc123")
    }

    // MARK: Argo CD

    @Test("our template for Argo CD tells of syncs, and Go's words for nothing are nothing")
    func argoCD() throws {
        let running = try #require(try HookSamples.change(.argocd, HookSamples.argoCD("Running")))
        #expect(running.outcome == .pending && running.endedAt == nil && running.environment == "")
        let ended = try #require(try HookSamples.change(.argocd, HookSamples.argoCD("Succeeded")))
        #expect(ended.id == running.id && ended.outcome == .success && ended.endedAt == noon + .minutes(5))
        #expect(ended.version == "abc123" && ended.repository == "acme/shop" && ended.author == "ann")
        let degraded = try HookSamples.change(.argocd, HookSamples.argoCD("Succeeded", health: "Degraded"))
        #expect(degraded?.outcome == .failure)
        #expect(try HookSamples.change(.argocd, HookSamples.argoCD("Error"))?.outcome == .failure)
    }

    @Test("the same commit status of Argo CD counts again when ten minutes are over")
    func argoCDStatus() throws {
        let body = #"{"state":"success","description":"ArgoCD","context":"continuous-delivery/shop"}"#
        func delivery(after span: TimeSpan) throws -> HookDelivery {
            try HookReceiver.decode(
                .argocd, headers: HookHeaders(HookSamples.json), body: Data(body.utf8), receivedAt: noon + span)
        }
        #expect(try delivery(after: .zero).id == delivery(after: .minutes(9)).id)
        #expect(try delivery(after: .zero).id != delivery(after: .minutes(11)).id)
        #expect(try HookSamples.change(.argocd, body)?.service == "shop")
        #expect(try ignored(.argocd, body.replacing("success", with: "pending")) != nil)
    }

    // MARK: Flagger

    static let phases: [(phase: String, outcome: Change.Outcome?)] = [
        ("Initializing", .pending), ("Initialized", .success), ("Waiting", .pending), ("Progressing", .pending),
        ("Promoting", .pending), ("Finalising", .pending), ("Succeeded", .success), ("Failed", .rolledBack),
        ("Terminated", nil),
    ]

    @Test("a canary is one change through all its phases", arguments: phases.indices)
    func flagger(index: Int) throws {
        let (phase, outcome) = Self.phases[index]
        let change = try HookSamples.change(.flagger, HookSamples.flagger(phase))
        #expect(change?.outcome == outcome)
        guard let change else { return }
        #expect(change.id == "flagger:production/shop:85d5" && change.service == "shop")
        #expect(change.environment == "production" && change.startedAt == noon)
        #expect(change.endedAt == (outcome == .pending ? nil : noon))
    }

    @Test("a gate of Flagger is refused at the door for events, for 200 would open it")
    func flaggerGate() throws {
        let gate = #"{"name":"shop","namespace":"live","phase":"Progressing","checksum":"1","metadata":{"token":"t"}}"#
        let error = #expect(throws: HookError.self) { try HookSamples.decode(.flagger, gate) }
        #expect(error?.status == 422 && error?.description.contains("/hooks/flagger/gate") == true)
        let receiver = HookReceiver(secrets: [.flaggerToken: try WebhookSecrets(current: "t")])
        let question = try receiver.receiveFlaggerGate(
            headers: HookHeaders(HookSamples.json), body: Data(gate.utf8), receivedAt: noon)
        #expect(question.service == "shop" && question.environment == "live" && question.version == "1")
        #expect(question.reply == .poll && question.sha == "")
        let stated = try receiver.receiveFlaggerGate(
            headers: HookHeaders(HookSamples.json),
            body: Data(gate.replacing("\"t\"", with: "\"t\",\"version\":\"v2\"").utf8), receivedAt: noon)
        #expect(stated.version == "v2" && stated.sha == "1", "the change that is asked about has the checksum")
        #expect(throws: HookError.wrongProof("metadata.token")) {
            try receiver.receiveFlaggerGate(
                headers: HookHeaders(HookSamples.json), body: Data(gate.replacing("\"t\"", with: "\"x\"").utf8),
                receivedAt: noon)
        }
    }

    // MARK: Spinnaker

    @Test("a stage that deploys is a change, from its start to its end")
    func spinnaker() throws {
        func change(_ type: String, _ stage: String) throws -> Change? {
            try HookSamples.change(.spinnaker, HookSamples.spinnaker(type, stage))
        }
        let started = try #require(try change("orca:stage:starting", HookSamples.stage("deployManifest")))
        #expect(started.outcome == .pending && started.service == "shop" && started.environment == "production")
        #expect(started.version == "v2" && started.author == "ann" && started.startedAt == noon)
        let ended = try #require(try change("orca:stage:complete", HookSamples.stage("deployManifest")))
        #expect(ended.id == started.id && ended.outcome == .success && ended.endedAt == noon + .minutes(1))
        #expect(try change("orca:stage:failed", HookSamples.stage("deploy"))?.outcome == .failure)
        // Another branch of the pipeline may have failed; the stage has its own end.
        #expect(
            try change("orca:stage:complete", HookSamples.stage("deploy", status: "TERMINAL"))?.outcome == .success)
        #expect(try change("orca:stage:complete", HookSamples.stage("rollbackCluster"))?.outcome == .rolledBack)
        #expect(try change("orca:stage:complete", HookSamples.stage("bake")) == nil)
        let details = #""stageDetails":{"type":"deploy","name":"Ship it"},"#
        let inner = HookSamples.stage("deploy").replacing(details, with: "")
            .replacing(#""context":{"#, with: #""context":{"# + details)
        #expect(try change("orca:stage:starting", inner)?.id == started.id, "orca may keep them in the context")
        #expect(try change("orca:stage:dreaming", HookSamples.stage("deploy")) == nil)
        #expect(try change("orca:task:complete", HookSamples.stage("deploy")) == nil)
    }

    @Test("a pipeline is a change when none of its stages deploys")
    func spinnakerPipeline() throws {
        func body(_ stage: String, status: String = "SUCCEEDED") -> String {
            HookSamples.spinnaker(
                "orca:pipeline:complete",
                """
                {"execution":{"id":"01E","name":"Release","status":"\(status)","startTime":1772366400000,\
                "endTime":1772366460000,"stages":[{"type":"\(stage)"}]}}
                """)
        }
        let change = try HookSamples.change(.spinnaker, body("runJob"))
        #expect(change?.id == "spinnaker:shop:01E" && change?.outcome == .success)
        #expect(change?.endedAt == noon + .minutes(1))
        #expect(try HookSamples.change(.spinnaker, body("runJob", status: "CANCELED"))?.outcome == .failure)
        #expect(try ignored(.spinnaker, body("deploy")) == "the pipeline's stages that deploy tell of themselves")
    }

    // MARK: CDEvents

    @Test("a deploy and its way back are one change where they share a chain")
    func cdEventsChain() throws {
        let deployed = try #require(try HookSamples.change(.cdevents, HookSamples.cdEvent("service.deployed")))
        #expect(deployed.version == "v2" && deployed.outcome == .success && deployed.startedAt == noon)
        let undone = try #require(
            try HookSamples.change(
                .cdevents, HookSamples.cdEvent("service.rolledback", id: "e2", artifact: "pkg:oci/shop@v1")))
        #expect(undone.id == deployed.id && undone.outcome == .rolledBack)
        #expect(undone.version == "" && undone.previousVersion == "v1", "what it went back to")
    }

    @Test("our own events that come back tell nothing")
    func cdEventsOwn() throws {
        let body = HookSamples.cdEvent("service.deployed")
        func items(_ sources: Set<String>) throws -> [HookDelivery.Item] {
            try HookReceiver.decode(
                .cdevents, headers: HookHeaders(HookSamples.json), body: Data(body.utf8), receivedAt: noon,
                ownSources: sources
            ).items
        }
        let source = try #require(try JSONValue(parsing: Data(body.utf8))["context"]?["source"]?.string)
        #expect(try items([source]) == [.ignored("our own event, which has come back")])
        #expect(try items(["/auspex"]) != [.ignored("our own event, which has come back")])
    }

    @Test("without a chain a way back is linked to its deploy")
    func cdEventsLink() throws {
        let deployed = try HookSamples.change(.cdevents, HookSamples.cdEvent("service.deployed", chain: nil))
        let links = #"[{"linkType":"RELATION","target":{"contextId":"e1"}}]"#
        let undone = try HookSamples.change(
            .cdevents, HookSamples.cdEvent("service.rolledback", chain: nil, id: "e2", links: links))
        #expect(undone?.id == deployed?.id && deployed != nil)
    }

    @Test("CDEvents come plain, structured, several at a time, or with headers")
    func cdEventsBindings() throws {
        let event = HookSamples.cdEvent("service.upgraded")
        func decode(_ type: String, _ body: String, _ headers: [(String, String)] = []) throws -> HookDelivery {
            try HookReceiver.decode(
                .cdevents, headers: HookHeaders([("Content-Type", type)] + headers), body: Data(body.utf8),
                receivedAt: HookSamples.receivedAt)
        }
        let structured = #"{"specversion":"1.0","id":"e1","source":"/ci","data":\#(event)}"#
        let plain = try decode("application/json", event)
        for delivery in [
            try decode("application/cloudevents+json; charset=utf-8", structured),
            try decode("application/json", event, [("ce-id", "e1"), ("ce-source", "/ci"), ("ce-type", "x")]),
        ] {
            #expect(delivery.items == plain.items && delivery.id == plain.id && plain.id == "/ci:e1")
        }
        let batch = try decode("application/cloudevents-batch+json", "[\(structured),\(structured)]")
        #expect(batch.items == plain.items + plain.items)
        #expect(throws: HookError.self) { try decode("application/cloudevents-batch+json", structured) }
        #expect(throws: HookError.self) { try decode("application/json", "{}") }
    }

    @Test("versions are found in package URLs")
    func packageURLs() {
        let digest = "pkg:oci/myapp@sha256%3A0b31?repository_url=x@y#z"
        #expect(CDEventsHook.version(inPackageURL: digest) == "sha256:0b31")
        #expect(CDEventsHook.version(inPackageURL: "pkg:npm/%40scope/app@1.2.3") == "1.2.3")
        #expect(CDEventsHook.version(inPackageURL: "pkg:npm/app") == "")
        #expect(CDEventsHook.version(inPackageURL: "pkg:npm/app@%zz") == "%zz")
    }

    // MARK: Names

    @Test("what a name means is decided by the first that matches, of the sender or of all")
    func names() throws {
        let names = [
            ServiceName(sender: .github, match: "acme/*", service: "wrong"),
            ServiceName(sender: .gitlab, match: "acme/sho", service: "wrong"),
            ServiceName(match: "acme/s*", service: "store"),
            ServiceName(sender: .gitlab, match: "acme/shop", service: "late"),
        ]
        let body = HookSamples.gitLabDeployment("running")
        #expect(try HookSamples.change(.gitlab, body, names: names)?.service == "store")
        let all = [ServiceName(match: "*", environment: "lab")]
        let change = try HookSamples.change(.gitlab, body.replacing("\"production\"", with: "null"), names: all)
        #expect(change?.service == "shop" && change?.environment == "lab")
    }
}
