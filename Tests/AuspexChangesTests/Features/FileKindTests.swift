import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct FileKindTests {
    static let paths: [(String, FileKind)] = [
        ("db/migrations/0007_add_email.py", .migration), ("db/migrate/20240101_users.rb", .migration),
        ("schema/V2__orders.sql", .migration), ("tests/migrations/0001_initial.py", .migration),
        ("infra/main.tf", .infrastructure), ("Dockerfile", .infrastructure), ("app/Dockerfile.dev", .infrastructure),
        (".github/workflows/ci.yml", .infrastructure), ("k8s/shop.yaml", .infrastructure),
        (".gitlab-ci.yml", .infrastructure), ("web/package-lock.json", .dependency), ("Cargo.lock", .dependency),
        ("Package.resolved", .dependency), ("vendor/github.com/x/y.go", .generated), ("api/shop.pb.go", .generated),
        ("web/app.min.js", .generated), ("Sources/Api.generated.swift", .generated),
        ("Tests/ShopTests/CartTests.swift", .test), ("pkg/cart_test.go", .test), ("web/cart.spec.ts", .test),
        ("src/CartTest.java", .test), ("test_cart.py", .test),
        ("README.md", .documentation), ("LICENSE", .documentation),
        ("docs/images/flow.png", .documentation), ("config/production.yaml", .configuration), (".env", .configuration),
        ("app.properties", .configuration), ("tsconfig.json", .configuration), ("Sources/Cart.swift", .source),
        ("Makefile", .source), ("Contest.swift", .source), ("latest.go", .source), ("", .source), ("/", .source),
    ]

    @Test("a path tells what a file is for", arguments: paths)
    func kinds(path: String, kind: FileKind) {
        #expect(FileKind(path: path) == kind)
        #expect(FileKind(path: path.uppercased()) == kind, "whatever the case")
    }

    @Test("every kind but the rest has a row, and no row is written in capitals, which would never fit")
    func table() {
        #expect(Set(FileKind.table.map(\.kind)) == Set(FileKind.allCases).subtracting([.source]))
        for row in FileKind.table {
            let words = row.directories.union(row.names).map(String.init) + row.endings + row.prefixes + row.infixes
            for word in words { #expect(word == word.lowercased()) }
        }
    }

    private func commit(_ files: [GitFileChange], _ seconds: Int64 = 0) -> GitCommit {
        GitCommit(
            sha: "", time: Timestamp(milliseconds: seconds * 1_000), authorEmail: "a", message: "m", files: files)
    }

    @Test("the content counts files once, renamed ones under their new path")
    func content() {
        let content = ChangeContent([
            commit([.init(path: "a.go", added: 1, deleted: 0), .init(path: "x.go", added: 1, deleted: 0)], 50),
            commit([.init(path: "a.go", added: 1, deleted: 0)], 40),
            commit([.init(path: "x_test.go", previousPath: "x.go", added: 0, deleted: 0)], 60),
        ])
        #expect(content.files == [.source: 1, .test: 1] && content.commits == 3 && !content.lacksTests)
        #expect(content.committedAt?.milliseconds == 60_000 && content.oldestAt?.milliseconds == 40_000)
        #expect(ChangeContent([commit([.init(path: "a.go", added: 1, deleted: 0)])]).lacksTests)
        #expect(!ChangeContent([commit([.init(path: "a.md", added: 1, deleted: 0)])]).lacksTests)
        #expect(ChangeContent([]) == ChangeContent())
    }
}
