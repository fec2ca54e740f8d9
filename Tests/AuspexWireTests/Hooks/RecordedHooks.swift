import AuspexSignals

@testable import AuspexWire

/// What each recorded delivery gives.
enum RecordedHooks {
    typealias Row = (file: String, sender: HookSender, event: String?, expected: [String])

    static let all: [Row] = gitHub + gitLab + others + cdEvents

    private static let gitHub: [Row] = [
        row("check_run.completed.payload", "check_run", "ignored: a check's result tells of tests, not of changes"),
        row("check_suite.completed.payload", "check_suite", "ignored: a check's result tells of tests, not of changes"),
        row(
            "deployment.payload", "deployment",
            "deploy Hello-World@production f95f852bd8 pending 2019-05-15T15:20:53Z"),
        row(
            "deployment_protection_rule.requested.SYNTHETIC", "deployment_protection_rule",
            "question Hello-World@production f95f852bd8 gitHubProtectionRule(repository: \"Codertocat/Hello-World\", "
                + "callback: \"https://api.github.com/repos/Codertocat/Hello-World/actions/runs/5453085689/"
                + "deployment_protection_rule\", environment: \"production\", installation: 1)"),
        row(
            "deployment_review.requested.payload", "deployment_review",
            "ignored: people review the deployment; what becomes of it, a deployment_status tells"),
        row(
            "deployment_status.payload", "deployment_status",
            "deploy Hello-World@production f95f852bd8 success 2019-05-15T15:20:53Z to 2019-05-15T15:20:55Z"),
        row(
            "merge_group.checks_requested.payload", "merge_group",
            "question octo-repo@ 2ffea6db15 gitHubCheck(repository: \"octo-org/octo-repo\", "
                + "sha: \"2ffea6db159f6b6c47a24e778fb9ef40cf6b1c7d\", installation: 1)"),
        row("ping.payload", "ping", "ping"),
        row("pull_request.closed.payload", "pull_request", "ignored: pull request 2 has changed nothing yet"),
        row("pull_request.opened.payload", "pull_request", "ignored: pull request 2 has changed nothing yet"),
        row("push.payload", "push", "ignored: 'refs/tags/simple-tag' was deleted"),
        row("push.with-organization.payload", "push", "ignored: 'refs/tags/simple-tag' was deleted"),
        row(
            "release.published.payload", "release",
            "ignored: a release is published, not deployed; deployment_status tells when it is"),
        row("status.payload", "status", "ignored: a commit's status tells of checks, not of changes"),
        row(
            "workflow_job.queued.with-deployment.payload", "workflow_job",
            "deploy elastic-machines-testing@Test 16c5286e8d pending 2023-04-19T21:12:12Z"),
        row(
            "workflow_run.completed.payload", "workflow_run",
            "ignored: a workflow's run is no deployment; deployment and deployment_status tell of those"),
    ]

    private static let gitLab: [Row] = [
        (
            "gitlab/deployment.json", .gitlab, nil,
            [
                "deploy test-deployment-webhooks@staging 279484c09f success 2021-04-28T19:50:00Z "
                    + "to 2021-04-28T19:50:00Z"
            ]
        ),
        (
            "gitlab/build.json", .gitlab, nil,
            ["ignored: a job is no deployment; deployment events tell of the one that it makes"]
        ),
        (
            "gitlab/pipeline.json", .gitlab, nil,
            ["ignored: a pipeline is no deployment; deployment events tell of those that it makes"]
        ),
        (
            "gitlab/release.json", .gitlab, nil,
            ["ignored: a release is published, not deployed; deployment events tell when it is"]
        ),
        ("gitlab/issue.json", .gitlab, nil, ["ignored: an issue or a note changes nothing that runs"]),
        (
            "gitlab/feature_flag.json", .gitlab, nil,
            ["flag gitlab-test@ on success 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z"]
        ),
        (
            // Two of four commits are listed, so nobody knows how old the oldest is.
            "gitlab/push.json", .gitlab, nil,
            [
                "deploy diaspora@ da1560886d pending 2023-11-14T22:13:20Z",
                "commits mike/diaspora da1560886d 4 since unknown",
            ]
        ),
    ]

    private static let others: [Row] = [
        (
            "circleci/github_job_completed.json", .circleci, nil,
            ["deploy circleci-webhook-test@ a5e30a9082 success 2022-09-20T12:54:28.900Z to 2022-09-20T12:54:38.599Z"]
        ),
        (
            "jenkins/notification_plugin.completed.json", .jenkins, nil,
            ["deploy asgard@ c6d86dc654 success 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z"]
        ),
        (
            "argocd/notification_github_status_body.json", .argocd, nil,
            ["deploy guestbook@  success 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z"]
        ),
        (
            "spinnaker/echo_build_events.json", .spinnaker, nil,
            Array(
                repeating: "ignored: a build is no deployment; the stages that deploy it tell of those", count: 4)
        ),
        (
            "spinnaker/webhook_trigger.json", .spinnaker, nil,
            ["ignored: a trigger's body names artifacts, not a service; send the events of echo"]
        ),
    ]

    private static let cdEvents: [Row] =
        services
        + ignoredEvents.flatMap { names, expected in
            names.split(separator: " ").map { ("cdevents/\($0).json", .cdevents, nil, ["ignored: \(expected)"]) }
        }

    private static let services: [Row] = [
        ("service_deployed", "deploy mySubject123@test123 sha256:0b3 success"),
        ("service_upgraded", "deploy mySubject123@test123 sha256:0b3 success"),
        ("service_rolledback", "deploy mySubject123@test123  rolled_back"),
        ("service_removed", "deploy mySubject123@test123  success"),
    ].map { name, expected in
        let time = "2023-03-20T14:27:05.315Z"
        return ("cdevents/\(name).json", .cdevents, nil, ["\(expected) \(time) to \(time)"])
    }

    private static let ignoredEvents: [(names: String, expected: String)] = [
        ("service_published", "a service that is published was deployed before"),
        ("build_finished build_queued build_started", run("build")),
        ("pipelinerun_finished pipelinerun_queued pipelinerun_started", run("pipelinerun")),
        ("taskrun_finished taskrun_started", run("taskrun")),
        (
            "testcaserun_finished testcaserun_queued testcaserun_skipped testcaserun_started", run("testcaserun")
        ),
        ("testsuiterun_finished testsuiterun_queued testsuiterun_started", run("testsuiterun")),
        ("testoutput_published", run("testoutput")),
        ("artifact_deleted", artifact("deleted")), ("artifact_downloaded", artifact("downloaded")),
        ("artifact_packaged", artifact("packaged")), ("artifact_published", artifact("published")),
        ("artifact_signed", artifact("signed")),
        (
            "branch_created branch_deleted change_abandoned change_created change_merged change_reviewed change_updated "
                + "repository_created repository_deleted repository_modified",
            "what happens to sources is not deployed; service.deployed tells when it is"
        ),
        ("environment_created", "an environment that is created names no service"),
        ("environment_deleted", "an environment that is deleted names no service"),
        ("environment_modified", "an environment that is modified names no service"),
        (
            "incident_detected incident_reported incident_resolved",
            "incidents are made here of alerts; send alerts to /api/v2/alerts"
        ),
        (
            "approval_closed approval_created approval_updated ticket_closed ticket_created ticket_updated",
            "what people agree on changes nothing that runs"
        ),
    ]

    private static func row(_ name: String, _ event: String, _ expected: String...) -> Row {
        ("github/\(name).json", .github, event, expected)
    }

    private static func run(_ kind: String) -> String {
        "a \(kind) deploys nothing; events about services tell of deploys"
    }

    private static func artifact(_ verb: String) -> String {
        "an artifact that is \(verb) is not deployed; service.deployed tells when it is"
    }

    /// An item in one line.
    static func text(_ item: HookDelivery.Item) -> String {
        switch item {
        case .ping: "ping"
        case .ignored(let reason): "ignored: \(reason)"
        case .commits(let commits):
            "commits \(commits.repository) \(commits.sha.prefix(10)) \(commits.count) since "
                + (commits.committedAt?.iso8601 ?? "unknown")
        case .question(let question):
            "question \(question.service)@\(question.environment) \((question.sha + question.version).prefix(10)) "
                + "\(question.reply)"
        case .change(let change):
            "\(change.kind.rawValue) \(change.service)@\(change.environment) \(change.version.prefix(10)) "
                + "\(change.outcome.rawValue) \(change.startedAt.iso8601)"
                + (change.endedAt.map { " to \($0.iso8601)" } ?? "")
        }
    }
}
