// swift-tools-version: 6.2
import PackageDescription

// The expression language is no product, and what other packages can't see they can't measure. So this package compiles the
// same sources, through links, as targets of its own.
let package = Package(
    name: "auspex-expression-benchmarks",
    dependencies: [.package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: [])],
    targets: [
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "AuspexSignals", swiftSettings: settings),
        .target(name: "AuspexPatterns", dependencies: ["CRE2"], swiftSettings: settings),
        .target(
            name: "AuspexExpressions", dependencies: ["AuspexSignals", "AuspexPatterns", "CRE2"],
            swiftSettings: settings),
        .executableTarget(
            name: "Expressions",
            dependencies: ["AuspexExpressions", "AuspexSignals", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Expressions",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ],
    swiftLanguageModes: [.v6]
)

/// What the sources are written for.
var settings: [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
