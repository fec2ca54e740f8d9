import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// A repository whose last commit but a later one, if there is such, is bad, with a clone for the engine, and the API
/// of where it is kept.
struct RevertedProject {
    let site: ShippedSite
    let api: FakeAPI
    let plan: Plan
    private let git: String

    /// - Parameters:
    ///   - runbook: The runbook that reverts it.
    ///   - api: What answers in place of `address`.
    ///   - address: The API's own address.
    ///   - parameters: The runbook's parameters that say where it is kept.
    ///   - secrets: The runbook's secrets.
    ///   - laterChange: What the commit after the bad one writes; nil for none.
    init(
        _ runbook: String, at api: FakeAPI, insteadOf address: String, _ parameters: [String: String],
        secrets: [String: String], laterChange: String? = nil
    ) async throws {
        self.api = api
        git = try #require(Tools.git)
        let port = try #require(URL(string: api.url)?.port)
        site = try ShippedSite(runbook, installed: [git], hosts: ["127.0.0.1:\(port)"], secrets: secrets)
        let home = site.site.path
        try await Self.git(site, git, "init", "--quiet", "--bare", "--initial-branch=main", home + "/origin.git")
        // As servers do that know options such as ci.skip; who is told of them is in the file `options`.
        try await Self.git(site, git, "-C", home + "/origin.git", "config", "receive.advertisePushOptions", "true")
        _ = try site.site.program(
            "cat > /dev/null; echo $GIT_PUSH_OPTION_0 >> \(home)/options", name: "origin.git/hooks/pre-receive")
        try await Self.git(site, git, "clone", "--quiet", home + "/origin.git", home + "/seed")
        try await Self.commit(site, git, "price 1", "Sell")
        try await Self.commit(site, git, "price 0", "Sell nothing")
        let bad = try await Self.git(site, git, "-C", home + "/seed", "rev-parse", "HEAD")
        if let laterChange { try await Self.commit(site, git, laterChange, "Sell something else") }
        try await Self.git(site, git, "-C", home + "/seed", "push", "--quiet", "origin", "HEAD:main")
        try await Self.git(site, git, "clone", "--quiet", home + "/origin.git", home + "/clone")
        let own = ["service": "shop", "clone": home + "/clone", "commit": bad]
        plan = try site.plan(own.merging(parameters) { $1 }).asking(api.url, insteadOf: address)
    }

    @discardableResult
    private static func git(_ site: ShippedSite, _ git: String, _ arguments: String...) async throws -> String {
        try await site.site.run([git] + arguments)
    }

    private static func commit(_ site: ShippedSite, _ git: String, _ text: String, _ title: String) async throws {
        try site.site.file("seed/shop", text + "\n")
        let seed = site.site.path + "/seed"
        try await Self.git(site, git, "-C", seed, "add", "shop")
        try await Self.git(
            site, git, "-C", seed, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet",
            "-m", title)
    }

    /// What git says of the repository that was pushed to.
    func origin(_ arguments: String...) async throws -> String {
        try await site.site.run([git, "-C", site.site.path + "/origin.git"] + arguments)
    }

    /// What is uncommitted in the clone.
    func uncommitted() async throws -> String {
        try await site.site.run([git, "-C", site.site.path + "/clone", "status", "--porcelain"])
    }

    /// The options of the pushes since the first, which made the repository.
    var pushOptions: [String] {
        site.site.text("options").split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast()
            .map(String.init)
    }

    /// Where an engine dies, and whether the act took place all the same.
    static let losses: [(String, Bool)?] = [
        nil, ("revert", true), ("revert", false), ("push", true), ("push", false), ("dispatch", true),
        ("dispatch", false),
    ]
}

extension Plan {
    /// The plan with another address in place of one that a test cannot ask.
    fileprivate func asking(_ address: String, insteadOf other: String) throws -> Plan {
        try JSONDecoder().decode(Plan.self, from: Data(canonicalText.replacing(other, with: address).utf8))
    }
}
