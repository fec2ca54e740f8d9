import AuspexSignals
import AuspexTesting
import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import AuspexActions

@Suite(.timeLimit(.minutes(2))) struct ReplySenderTests {
    private let now = Timestamp(milliseconds: 1_772_366_400_000)
    private let sha = String(repeating: "ab", count: 20)

    private func sender(
        gitHub api: FakeAPI? = nil, app: GitHubApp? = nil, token: String? = "t0ken", timeout: TimeSpan = .seconds(30)
    ) -> HTTPReplySender {
        var access = ReplyAccess()
        access.gitHub = api.map { ReplyAccess.GitHub(api: $0.url, app: app, token: token) }
        return HTTPReplySender(access, timeout: timeout)
    }

    private func reply(
        _ target: DeploymentQuestion.ReplyTarget, _ body: JSONValue = .object(["state": .string("success")]),
        remoteID: String? = nil
    ) -> OutgoingReply {
        OutgoingReply(id: "r/1", destination: .asker(target), body: body, remoteID: remoteID)
    }

    private func rule(_ callback: String, repository: String = "acme/shop") -> OutgoingReply {
        reply(
            .gitHubProtectionRule(
                repository: repository, callback: callback, environment: "production", installation: 7))
    }

    /// GitHub with an app: hands tokens out, and takes everything else with the last one.
    private func gitHub(expiresAt: Timestamp) throws -> FakeAPI {
        try FakeAPI { call in
            guard call.path.hasSuffix("/access_tokens") else {
                return LoopbackServer.ok("{\"id\":42}", status: "201 Created")
            }
            return LoopbackServer.ok(
                "{\"token\":\"inst-7\",\"expires_at\":\"\(expiresAt.iso8601)\"}", status: "201 Created")
        }
    }

    @Test("an app signs a token that GitHub can verify, exchanges it once, and answers with what it got")
    func app() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let api = try gitHub(expiresAt: now + .hours(1))
        // As an environment variable brings it: with blanks for line breaks.
        let app = try GitHubApp(id: "Iv1.abc", privateKey: key.pemRepresentation.replacing("\n", with: " "))
        let sender = sender(gitHub: api, app: app, token: nil)
        let callback = "\(api.url)/repos/acme/shop/actions/runs/99/deployment_protection_rule"
        for _ in 0..<2 { #expect(await sender.send(rule(callback), at: now) == .sent(remoteID: nil)) }
        let calls = api.calls
        #expect(
            calls.map(\.path) == [
                "/app/installations/7/access_tokens", "/repos/acme/shop/actions/runs/99/deployment_protection_rule",
                "/repos/acme/shop/actions/runs/99/deployment_protection_rule",
            ])
        #expect(calls.allSatisfy { $0.method == "POST" })
        #expect(calls.last?.headers["authorization"] == "Bearer inst-7")
        #expect(calls.last?.headers["accept"] == "application/vnd.github+json")
        #expect(calls.last?.body == #"{"state":"success"}"#)
        let token = try #require(calls.first?.headers["authorization"]?.dropFirst("Bearer ".count))
        let parts = token.split(separator: ".").map(String.init)
        try #require(parts.count == 3)
        let signature = _RSA.Signing.RSASignature(rawRepresentation: try #require(Self.bytes(parts[2])))
        #expect(
            key.publicKey.isValidSignature(
                signature, for: Data("\(parts[0]).\(parts[1])".utf8), padding: .insecurePKCS1v1_5))
        let claims = try JSONValue(parsing: try #require(Self.bytes(parts[1])))
        let seconds = now.milliseconds / 1_000
        #expect(claims["iss"] == .string("Iv1.abc"))
        #expect(claims["iat"] == .int(seconds - 60))
        #expect(claims["exp"]?.int.map { $0 > seconds && $0 - (seconds - 60) <= 600 } == true)
    }

    private static func bytes(_ base64URL: String) -> Data? {
        let text = base64URL.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4))
    }

    @Test("a token of an installation is fetched anew when it has expired, and when GitHub does not take it any more")
    func expiry() async throws {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation
        let api = try gitHub(expiresAt: now + .minutes(10))
        let sender = sender(gitHub: api, app: try GitHubApp(id: "1", privateKey: key))
        let status = reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: 7))
        _ = await sender.send(status, at: now)
        _ = await sender.send(status, at: now + .minutes(8))
        #expect(api.calls.count == 3)
        _ = await sender.send(status, at: now + .minutes(10))
        #expect(api.calls.count == 5)
        // The fake says the same end again, so that this one is as old at once.
        let fresh = try gitHub(expiresAt: now + .hours(1))
        let other = self.sender(gitHub: fresh, app: try GitHubApp(id: "1", privateKey: key))
        _ = await other.send(status, at: now)
        fresh.next(LoopbackServer.ok("{\"message\":\"Bad credentials\"}", status: "401 Unauthorized"))
        #expect(await other.send(status, at: now) == .sent(remoteID: nil))
        #expect(fresh.calls.filter { $0.path.hasSuffix("/access_tokens") }.count == 2)
        fresh.next(
            LoopbackServer.ok("{\"message\":\"Bad credentials\"}", status: "401 Unauthorized"),
            LoopbackServer.ok("{\"token\":\"x\",\"expires_at\":\"\((now + .hours(1)).iso8601)\"}"),
            LoopbackServer.ok("{\"message\":\"Bad credentials\"}", status: "401 Unauthorized"))
        #expect(await other.send(status, at: now) == .failed("status 401: Bad credentials", after: nil))
    }

    @Test("a commit status and a check run have their paths; a check run that was made is changed")
    func statusAndCheck() async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("{\"id\":42}", status: "201 Created") }
        let sender = sender(gitHub: api)
        #expect(
            await sender.send(reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil)), at: now)
                == .sent(remoteID: nil))
        let check = DeploymentQuestion.ReplyTarget.gitHubCheck(repository: "acme/shop", sha: sha, installation: 7)
        let body: JSONValue = .object(["head_sha": .string(sha), "name": .string("auspex")])
        #expect(await sender.send(reply(check, body), at: now) == .sent(remoteID: "42"))
        #expect(await sender.send(reply(check, body, remoteID: "42"), at: now) == .sent(remoteID: "42"))
        let calls = api.calls
        #expect(
            calls.map { "\($0.method) \($0.path)" } == [
                "POST /repos/acme/shop/statuses/\(sha)", "POST /repos/acme/shop/check-runs",
                "PATCH /repos/acme/shop/check-runs/42",
            ])
        #expect(calls[1].json["head_sha"] == .string(sha))
        #expect(calls[2].json["head_sha"] == nil && calls[2].json["name"] == .string("auspex"))
        #expect(calls.allSatisfy { $0.headers["authorization"] == "Bearer t0ken" })
    }

    @Test(
        "what a webhook names never decides where a token goes",
        arguments: [
            "https://evil.example/repos/acme/shop/actions/runs/1/deployment_protection_rule",
            "http://127.0.0.1:1/repos/acme/shop/actions/runs/1/deployment_protection_rule",
            "http://API@evil.example/repos/acme/shop/actions/runs/1/deployment_protection_rule",
            "API.evil.example/repos/acme/shop/actions/runs/1/deployment_protection_rule",
            "API/repos/acme/shop/actions/runs/1/../../secrets", "API/user",
            "API/actions/runs/x/deployment_protection_rule",
            "file:///etc/passwd", "http://169.254.169.254/latest/meta-data", "",
        ])
    func lyingCallback(callback: String) async throws {
        let api = try FakeAPI()
        let sender = sender(gitHub: api)
        let outcome = await sender.send(rule(callback.replacing("API", with: api.url)), at: now)
        guard case .refused = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(api.calls.isEmpty)
    }

    @Test(
        "a repository or a commit that is none is not put into a path",
        arguments: ["a", "a/b/c", "../x", "a/..", "a/b?c", ""])
    func oddNames(repository: String) async throws {
        let api = try FakeAPI()
        let sender = sender(gitHub: api)
        for odd in [
            reply(.gitHubStatus(repository: repository, sha: sha, installation: nil)),
            reply(.gitHubStatus(repository: "acme/shop", sha: "../../user", installation: nil)),
            rule("\(api.url)/repos/acme/shop/actions/runs/1/deployment_protection_rule", repository: repository),
        ] {
            guard case .refused = await sender.send(odd, at: now) else {
                Issue.record("\(odd) was not refused")
                return
            }
        }
        #expect(api.calls.isEmpty)
    }

    @Test("GitLab gets its token, and the paths of the merge request and of the deployment")
    func gitLab() async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("{}", status: "201 Created") }
        var access = ReplyAccess()
        access.gitLab = ReplyAccess.GitLab(api: "\(api.url)/api/v4", token: "glpat")
        let sender = HTTPReplySender(access)
        #expect(
            await sender.send(reply(.gitLabStatusCheck(project: 3, mergeRequest: 9, sha: sha, check: 5)), at: now)
                == .sent(remoteID: nil))
        #expect(await sender.send(reply(.gitLabDeployment(project: 3, deployment: 8)), at: now) == .sent(remoteID: nil))
        #expect(
            api.calls.map(\.path) == [
                "/api/v4/projects/3/merge_requests/9/status_check_responses",
                "/api/v4/projects/3/deployments/8/approval",
            ])
        #expect(api.calls.allSatisfy { $0.headers["private-token"] == "glpat" && $0.method == "POST" })
    }

    @Test("a token that is not taken any more is read anew from its file, once for each attempt")
    func renewedToken() async throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("token", "new\n")
        let api = try FakeAPI { call in
            let isNew = call.headers["private-token"] == "new" || call.headers["authorization"] == "Bearer new"
            return LoopbackServer.ok("{}", status: isNew ? "201 Created" : "401 Unauthorized")
        }
        var access = ReplyAccess()
        access.gitLab = ReplyAccess.GitLab(api: api.url, token: "old")
        access.gitLab?.tokenFile = file
        access.gitHub = ReplyAccess.GitHub(api: api.url, app: nil, token: "old")
        access.gitHub?.tokenFile = file
        let sender = HTTPReplySender(access)
        let gitLab = reply(.gitLabDeployment(project: 3, deployment: 8))
        let gitHub = reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil))
        for outgoing in [gitLab, gitHub] {
            for calls in [2, 1] {
                let before = api.calls.count
                #expect(await sender.send(outgoing, at: now) == .sent(remoteID: nil))
                #expect(api.calls.count == before + calls)
            }
        }
        access.gitLab?.token = "older"
        access.gitLab?.tokenFile = directory.path + "/none"
        let before = api.calls.count
        guard case .failed = await HTTPReplySender(access).send(gitLab, at: now) else {
            Issue.record("a token of nobody was taken")
            return
        }
        #expect(api.calls.count == before + 1)
    }

    @Test("an event goes out as a CloudEvent, a verdict signed over id, time and body")
    func eventsAndWebhook() async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("", status: "202 Accepted") }
        var access = ReplyAccess()
        access.cdEvents = "\(api.url)/events"
        let secret = Data((0..<32).map { UInt8($0) })
        access.webhook = ReplyAccess.Webhook(
            url: "\(api.url)/hook", signer: try WebhookSigner(secret: "whsec_" + secret.base64EncodedString()))
        let sender = HTTPReplySender(access)
        let body: JSONValue = .object(["a": .int(1)])
        #expect(
            await sender.send(OutgoingReply(id: "e1", destination: .cdEvents, body: body), at: now)
                == .sent(remoteID: nil))
        #expect(
            await sender.send(OutgoingReply(id: "w1", destination: .webhook, body: body), at: now)
                == .sent(remoteID: nil))
        let calls = api.calls
        #expect(calls.map(\.path) == ["/events", "/hook"])
        #expect(calls.first?.headers["content-type"] == "application/cloudevents+json; charset=utf-8")
        let hook = try #require(calls.last)
        let signed = "w1.\(now.milliseconds / 1_000).\(hook.body)"
        let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
        #expect(hook.headers["webhook-signature"] == "v1,\(Data(code).base64EncodedString())")
        #expect(hook.headers["webhook-id"] == "w1")
        #expect(hook.headers["webhook-timestamp"] == "\(now.milliseconds / 1_000)")
    }

    @Test("the published vector of Standard Webhooks is signed as published")
    func vector() throws {
        let signer = try WebhookSigner(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let headers = signer.headers(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: Timestamp(milliseconds: 1_614_265_330_000),
            body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(
            headers.first { $0.name == "webhook-signature" }?.value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        )
    }

    @Test(
        "overload and errors of the server may pass, a refusal is final, and a wish for a pause is heard",
        arguments: [
            ("500 Internal Server Error", "", ReplyOutcome.failed("status 500: m", after: nil)),
            ("503 Service Unavailable", "Retry-After: 7\r\n", .failed("status 503: m", after: .seconds(7))),
            ("429 Too Many Requests", "Retry-After: 120\r\n", .failed("status 429: m", after: .seconds(120))),
            (
                "429 Too Many Requests", "Retry-After: Sun, 01 Mar 2026 12:01:00 GMT\r\n",
                .failed("status 429: m", after: .seconds(60))
            ),
            ("429 Too Many Requests", "Retry-After: soon\r\n", .failed("status 429: m", after: nil)),
            (
                "429 Too Many Requests", "Retry-After: 99999999999999\r\n", .failed("status 429: m", after: .hours(24))
            ),
            (
                "403 Forbidden", "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1772366430\r\n",
                .failed("status 403: m", after: .seconds(30))
            ),
            ("403 Forbidden", "", .failed("status 403: m", after: nil)),
            ("401 Unauthorized", "", .failed("status 401: m", after: nil)),
            ("404 Not Found", "", .refused("status 404: m")),
            ("422 Unprocessable Entity", "", .refused("status 422: m")),
            ("302 Found", "Location: http://127.0.0.1:9/\r\n", .refused("status 302: m")),
        ])
    func answers(status: String, headers: String, outcome: ReplyOutcome) async throws {
        let api = try FakeAPI { _ in LoopbackServer.ok("{\"message\":\"m\"}", status: status, headers: headers) }
        let status = reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil))
        #expect(await sender(gitHub: api).send(status, at: now) == outcome)
    }

    @Test("silence, a closed door and a line that is cut are failures that may pass")
    func noAnswer() async throws {
        let status = reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil))
        let silent = try FakeAPI { _ in .silence }
        let hasty = sender(gitHub: silent, timeout: TimeSpan(milliseconds: 200))
        #expect(await hasty.send(status, at: now) == .failed("no answer within 200ms", after: nil))
        let cut = try FakeAPI { _ in .hangUp }
        guard case .failed = await sender(gitHub: cut).send(status, at: now) else {
            Issue.record("a cut line")
            return
        }
        var access = ReplyAccess()
        // Nobody listens on the port of a server that is gone.
        access.gitHub = ReplyAccess.GitHub(api: try FakeAPI().url, app: nil, token: "t")
        guard case .failed = await HTTPReplySender(access).send(status, at: now) else {
            Issue.record("a closed door")
            return
        }
    }

    @Test("a name that leads to this host itself is not asked, whatever the configuration says of its name")
    func forbiddenAddress() async throws {
        var access = ReplyAccess()
        access.cdEvents = "http://events.example:80/"
        let resolver = HostResolver { _ in [IPAddress(bytes: [169, 254, 169, 254])] }
        let sender = HTTPReplySender(access, timeout: .seconds(5), resolver: resolver)
        let outcome = await sender.send(OutgoingReply(id: "e", destination: .cdEvents, body: .null), at: now)
        guard case .failed(let reason, _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(reason.contains("metadata"))
    }

    @Test("what is not configured is refused with the name of the key, and no secret is ever shown")
    func unconfigured() async throws {
        let status = reply(.gitHubStatus(repository: "acme/shop", sha: sha, installation: nil))
        #expect(await sender().send(status, at: now) == .refused("answers.github is not configured"))
        let api = try FakeAPI()
        guard case .refused(let reason) = await sender(gitHub: api, token: nil).send(status, at: now) else {
            Issue.record("sent without a proof")
            return
        }
        #expect(reason.contains("answers.github.app_id"))
        var access = ReplyAccess()
        access.gitLab = ReplyAccess.GitLab(api: "https://gitlab.com/api/v4", token: "s3cret")
        #expect(
            !"\(access) \(String(reflecting: access)) \(Mirror(reflecting: access).children.count)".contains("s3cret"))
    }

    @Test("keys and secrets that are none are refused without showing them", arguments: ["", "s3cret", "whsec_YWJj"])
    func badSecrets(text: String) {
        #expect(throws: GitHubApp.KeyError.self) { try GitHubApp(id: "1", privateKey: text) }
        #expect(throws: WebhookSigner.SecretError.self) { try WebhookSigner(secret: text) }
    }
}
