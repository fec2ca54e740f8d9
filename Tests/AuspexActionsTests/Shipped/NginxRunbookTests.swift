import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// reload-nginx and renew-certificate, with the real nginx and openssl; whether a reload happened, with an nginx of files,
/// because on a host others may start at the same second.
@Suite(.timeLimit(.minutes(3))) struct NginxRunbookTests {
    private static let isHere = Tools.nginx != nil && Tools.openssl != nil

    private static func parameters(_ server: NginxServer) -> [String: String] {
        [
            "instance": "web1:9113", "config": server.site.path + "/nginx.conf", "host": "127.0.0.1",
            "port": "\(server.port)",
        ]
    }

    @Test("the alert of the rule that asked is what must be clear")
    func asked() throws {
        let site = try ShippedSite("reload-nginx")
        for (given, rule) in [([:], "nginx-down"), (["alert": "http-errors"], "http-errors")] {
            let plan = try site.plan(given.merging(["instance": "web1:9113"]) { $1 })
            #expect(plan.verification.clearAlerts == [.init(rule: rule, labels: ["instance": "web1:9113"])])
        }
    }

    private func site(_ server: NginxServer) throws -> ShippedSite {
        try ShippedSite(
            "reload-nginx", in: server.site, installed: [server.program, "/usr/bin/ps"],
            hosts: ["127.0.0.1:\(server.port)"])
    }

    @Test(
        "nginx takes a new configuration up, also when the engine dies after the reload",
        .enabled(if: isHere, "needs nginx"), arguments: [nil, true])
    func reloads(happened: Bool?) async throws {
        let server = try await NginxServer()
        #expect(try await server.page() == "one")
        try server.configure(page: "two")
        let site = try site(server)
        var plan = try site.plan(Self.parameters(server))
        // This one has only just been started.
        plan.preconditions.removeAll { $0.id == "workers-are-old" }
        let run = try await site.run(plan, losing: happened.map { .init(step: "reload", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        try await TestSite.wait { try await server.page() == "two" }
        #expect(site.messages.isEmpty)
        #expect(try site.evidence(of: run).contains("worker_connections 64"))
    }

    @Test("a configuration with a mistake keeps the run from beginning", .enabled(if: isHere, "needs nginx"))
    func mistake() async throws {
        let server = try await NginxServer()
        try server.site.file("nginx.conf", "evnts {}\n")
        let site = try site(server)
        let run = try await site.run(Self.parameters(server))
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("check") == true)
        #expect(run.state(of: "reload") == nil)
        #expect(try await server.page() == "one")
        #expect(site.messages.count == 1)
    }

    @Test("whether a reload happened is seen by when the workers started", arguments: [true, false])
    func reloadLost(happened: Bool) async throws {
        let page = try FakeAPI()
        let address = try #require(URL(string: page.url)?.port)
        let site = try ShippedSite(
            "reload-nginx", programs: ["nginx": FakePrograms.nginx, "ps": FakePrograms.ps],
            hosts: ["127.0.0.1:\(address)"])
        let run = try await site.run(
            ["instance": "web1:9113", "port": "\(address)"], losing: .init(step: "reload", happened: happened))
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.calls("nginx -c/etc/nginx/nginx.conf -s reload") == 1)
        #expect((run.reason(of: "reload") == "by its probe") == happened)
        #expect(page.calls.count == 1)
    }

    /// A site whose nginx is one of files, and its parameters.
    private func files() throws -> (site: ShippedSite, parameters: [String: String]) {
        let page = try FakeAPI()
        let port = try #require(URL(string: page.url)?.port)
        let site = try ShippedSite(
            "reload-nginx", programs: ["nginx": FakePrograms.nginx, "ps": FakePrograms.ps],
            hosts: ["127.0.0.1:\(port)"])
        return (site, ["instance": "web1:9113", "port": "\(port)"])
    }

    @Test("a reload after which the old workers go on has failed, though they answer")
    func reloadIsIgnored() async throws {
        let (site, parameters) = try files()
        try site.site.file("deaf", "")
        let run = try await site.run(parameters)
        #expect(run.status == .failed && run.state(of: "reload") == .done, "\(run.story)")
        #expect(run.steps.count { $0.path == "steps/is-taken-up" } == 3)
        #expect(
            site.messages == [
                "page: nginx on web1:9113 did not take /etc/nginx/nginx.conf up, does not answer since, or nginx-down "
                    + "goes on firing."
            ])
    }

    @Test("an nginx whose workers are new is not reloaded, because nobody could tell the next ones from them")
    func reloadedJustNow() async throws {
        let (site, parameters) = try files()
        try site.site.file("age", "299\n")
        let run = try await site.run(parameters)
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(run.ending?.reason?.contains("workers-are-old") == true)
        #expect(site.calls("nginx -c/etc/nginx/nginx.conf -s reload") == 0)
    }

    /// A server with a certificate that ends in a week, and a certbot that has another one ready.
    private func shop() async throws -> (site: ShippedSite, server: NginxServer) {
        let openssl = try #require(Tools.openssl)
        let server = try await NginxServer { site in
            for (folder, days) in [("live/localhost", "7"), ("renewed", "90")] {
                try FileManager.default.createDirectory(
                    atPath: "\(site.path)/\(folder)", withIntermediateDirectories: true)
                try await site.run([
                    openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", days, "-keyout",
                    "\(folder)/key.pem", "-out", "\(folder)/cert.pem",
                ])
            }
        }
        // The new workers take a moment.
        let offered = "\(openssl) s_client -connect localhost:\(server.securePort) -servername localhost"
        _ = try server.site.program(
            """
            \(server.program) -c \(server.site.path)/nginx.conf -s reload
            until \(offered) < /dev/null 2> /dev/null | \(openssl) x509 -noout -checkend 1728000 > /dev/null
            do sleep 0.05; done
            """, name: "hook")
        let site = try ShippedSite(
            "renew-certificate", in: server.site, programs: ["certbot": FakePrograms.certbot], installed: [openssl],
            hosts: ["localhost:\(server.securePort)"])
        return (site, server)
    }

    private func certificate(_ server: NginxServer) -> [String: String] {
        [
            "instance": "https://localhost", "name": "localhost", "host": "localhost", "port": "\(server.securePort)",
            "live": server.site.path + "/live", "trusted": server.site.path + "/renewed/cert.pem",
        ]
    }

    @Test(
        "a certificate is renewed, and the server offers the new one, also when the engine dies in between",
        .enabled(if: isHere, "needs nginx and openssl"), arguments: [nil, true, false])
    func renews(happened: Bool?) async throws {
        let (site, server) = try await shop()
        let run = try await site.run(
            certificate(server), losing: happened.map { .init(step: "renew", happened: $0) })
        #expect(run.status == .verified, "\(run.story)")
        #expect(site.site.text("live/localhost/cert.pem") == site.site.text("renewed/cert.pem"))
        #expect(try site.evidence(of: run).contains("Not After"))
    }

    @Test(
        "a server that goes on offering the old certificate is told to people",
        .enabled(if: isHere, "needs nginx and openssl"))
    func notTakenUp() async throws {
        let (site, server) = try await shop()
        _ = try site.site.program("true", name: "hook")
        // Both are trusted: that the old one is still valid must not be enough.
        let trusted = try site.site.file(
            "trusted.pem", site.site.text("renewed/cert.pem") + site.site.text("live/localhost/cert.pem"))
        let run = try await site.run(certificate(server).merging(["trusted": trusted]) { $1 })
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: "is-new") == .done && run.state(of: "is-offered") == .failed)
        #expect(site.messages.count == 1)
    }

    @Test("a name without a certificate keeps the run from beginning", .enabled(if: isHere, "needs nginx and openssl"))
    func noCertificate() async throws {
        let (site, server) = try await shop()
        let run = try await site.run(certificate(server).merging(["name": "mail"]) { $1 })
        #expect(run.status == .cancelled, "\(run.story)")
        #expect(site.calls("certbot renew") == 0)
    }

    @Test(
        "a certificate that is not renewed is told to people, also when certbot says that all is well",
        .enabled(if: isHere, "needs nginx and openssl"), arguments: [true, false])
    func notRenewed(saysSo: Bool) async throws {
        let (site, server) = try await shop()
        if saysSo {
            try site.site.file("fail-renew", "")
        } else {
            _ = try site.site.program("true", name: "certbot")
        }
        let run = try await site.run(certificate(server))
        #expect(run.status == .failed, "\(run.story)")
        #expect(run.state(of: saysSo ? "renew" : "is-new") == .failed)
        #expect(
            site.messages
                == ["page: The certificate localhost could not be renewed, or localhost does not offer the new one."])
    }
}
