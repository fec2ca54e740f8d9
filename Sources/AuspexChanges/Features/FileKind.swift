/// What a file is for, told from its path. A change of a schema or of the machines is another risk than one of a text.
package enum FileKind: String, Hashable, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Changes a database's schema or data.
    case migration
    /// Describes machines, images, clusters or pipelines.
    case infrastructure
    /// Names the versions of what the program is built from.
    case dependency
    /// Written by a program, or somebody else's.
    case generated
    /// Tests.
    case test
    /// For people.
    case documentation
    /// Settings that the program reads.
    case configuration
    /// Everything else.
    case source

    /// The kind of a file.
    ///
    /// The first row of ``table`` that fits decides; case does not matter. A heuristic by the customs of common tools: a
    /// repository with customs of its own is seen as `source`.
    package init(path: String) {
        let place = FilePlace(path)
        self = Self.table.first { $0.fits(place) }?.kind ?? .source
    }

    /// Which paths are of which kind, in order of precedence: a test of a migration is a migration, because it goes out
    /// with one; a generated file is nobody's work, whatever is in it.
    static let table: [FilePattern] = [
        FilePattern(
            .generated, directories: ["vendor", "node_modules", "third_party", "generated", "__generated__", "dist"],
            endings: [
                ".pb.go", ".pb.swift", ".pb.cc", ".pb.h", "_pb2.py", "_pb2_grpc.py", ".g.dart", ".min.js", ".min.css",
                ".designer.cs",
            ], infixes: [".generated."]),
        FilePattern(
            .dependency,
            names: [
                "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json", "bun.lockb", "cargo.lock",
                "package.resolved", "podfile.lock", "cartfile.resolved", "gemfile.lock", "poetry.lock", "pipfile.lock",
                "uv.lock", "go.sum", "go.mod", "composer.lock", "mix.lock", "pubspec.lock", "gradle.lockfile",
                "packages.lock.json", "flake.lock", "requirements.txt", "conan.lock",
            ]),
        FilePattern(
            .migration,
            directories: ["migrations", "migration", "migrate", "alembic", "flyway", "liquibase", "changelogs"],
            endings: [".sql"]),
        FilePattern(
            .test,
            directories: [
                "test", "tests", "__tests__", "spec", "specs", "testing", "testdata", "fixtures", "e2e",
                "integration-tests", "androidtest",
            ],
            endings: [
                "_test.go", "_test.py", "_test.rb", "_spec.rb", "_test.exs", "test.java", "tests.java", "test.kt",
                "tests.kt", "tests.cs", "test.cs", "tests.swift", "test.php", "_test.cc", "_test.cpp", "_test.dart",
            ], prefixes: ["test_"], infixes: [".test.", ".spec."]),
        FilePattern(
            .infrastructure,
            directories: [
                "terraform", "k8s", "kubernetes", "helm", "charts", "kustomize", "ansible", "puppet", "deploy",
                "deployment", "infra", "infrastructure", "workflows", ".circleci", ".gitlab", ".ci", ".buildkite",
            ],
            names: [
                "dockerfile", "containerfile", "jenkinsfile", "vagrantfile", "procfile", ".gitlab-ci.yml",
                ".travis.yml", "azure-pipelines.yml", "cloudbuild.yaml", "skaffold.yaml", "docker-compose.yml",
                "docker-compose.yaml", "compose.yaml", "compose.yml", "bitbucket-pipelines.yml",
            ], endings: [".tf", ".tfvars", ".bicep", ".dockerfile", ".nomad"], prefixes: ["dockerfile."]),
        FilePattern(
            .documentation, directories: ["doc", "docs", "documentation"],
            names: ["license", "notice", "authors", "codeowners", "changelog", "readme"],
            endings: [".md", ".markdown", ".rst", ".adoc", ".asciidoc", ".docc"]),
        FilePattern(
            .configuration, directories: ["config", "configs", "conf", "settings"],
            names: [".env"],
            endings: [
                ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".json", ".plist",
                ".editorconfig",
            ], prefixes: [".env."]),
    ]
}
