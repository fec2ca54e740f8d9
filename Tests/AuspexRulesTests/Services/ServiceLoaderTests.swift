import AuspexDocuments
import AuspexRules
import AuspexSignals
import Testing

@Suite("Loading services")
struct ServiceLoaderTests {
    static let full = """
        kind: services
        services:
          - name: shop
            tier: gold
            owner: team-shop
            labels: {job: shop-web}
            aliases: [shop-frontend]
            depends_on: [db, mailer]
          - name: db
            depends_on: [shop-frontend]
          - name: mail
            aliases: [mailer]
        """

    @Test("every field is read, and a circle is no mistake")
    func fields() throws {
        let declarations = try RuleLoader.load(text: Self.full, file: "f").services
        #expect(
            declarations.services.first
                == ServiceDescription(
                    name: "shop", tier: "gold", owner: "team-shop", labels: Labels(["job": "shop-web"]),
                    aliases: ["shop-frontend"]))
        #expect(
            declarations.links == [
                ServiceLink("shop", dependsOn: "db"), ServiceLink("shop", dependsOn: "mail"),
                ServiceLink("db", dependsOn: "shop"),
            ])
    }

    @Test(
        "a mistake is named in its place",
        arguments: [
            ("[db, mailer]", "[dbb, mailer]", "f:8:18: there is no service 'dbb'; did you mean 'db'?"),
            ("[db, mailer]", "[shop]", "f:8:18: 'shop' can't depend on itself; take it out"),
            ("[db, mailer]", "[db, db]", "f:8:22: 'shop' depends on 'db' already; take one out"),
            ("[db, mailer]", "[mail, mailer]", "f:8:24: 'shop' depends on 'mail' already; take one out"),
            ("[db, mailer]", "db", "f:8:17: 'depends_on' must be a list, not 'db'"),
            ("[db, mailer]", "[[db]]", "f:8:18: 'depends_on' must be a list of names; this is a list"),
            ("name: db", "name: shop", "f:9:11: the name 'shop' is taken by the service at f:3:11"),
            ("[mailer]", "[db]", "f:12:15: the name 'db' is taken by the service at f:9:11"),
            ("tier: gold", "teir: gold", "f:4:5: unknown key 'teir' in a service; did you mean 'tier'?"),
            ("name: db", "nmae: db", "f:9:5: unknown key 'nmae' in a service; did you mean 'name'?"),
            ("name: db", "name: 10.0.0.1", "f:9:11: a service's name must be a text with a letter in it"),
            ("services:\n", "service:\n", "f:2:1: unknown key 'service' in a document of services; did you mean"),
            ("kind: services", "kind: service", "f:1:7: unknown kind 'service'; did you mean 'services'?"),
        ])
    func mistakes(from: String, to: String, complaint: String) throws {
        let text = Self.full.replacing(from, with: to)
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(text: text, file: "f") }
        let found = error.diagnostics.map(\.description)
        #expect(found.contains { $0.hasPrefix(complaint) }, "\(found)")
    }

    @Test("services may stand in several documents, and those of other kinds are left out")
    func documents() throws {
        let other = "kind: services\nservices: [{name: x, depends_on: [shop]}]\n---\nkind: runbook\nid: y"
        let declarations = try RuleLoader.load(text: Self.full + "\n---\n" + other, file: "f").services
        #expect(declarations.services.map(\.name) == ["shop", "db", "mail", "x"])
        #expect(declarations.links.last == ServiceLink("x", dependsOn: "shop"))
    }

    @Test("more services than a graph takes are a mistake")
    func tooMany() throws {
        let names = (0...ServiceGraph.mostServices).map { "{name: s\($0)}" }.joined(separator: ", ")
        let error = try #require(throws: DocumentError.self) {
            try RuleLoader.load(text: "kind: services\nservices: [\(names)]", file: "f")
        }
        #expect(error.description.contains("10001 services are declared; there may be 10000"))
    }
}
