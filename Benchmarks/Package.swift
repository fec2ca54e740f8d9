// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who depends on Auspex builds the benchmark tool.
let package = Package(
    name: "auspex-benchmarks",
    dependencies: [
        .package(name: "auspex", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Detection",
            dependencies: [
                .product(name: "Auspex", package: "auspex"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Detection",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .executableTarget(
            name: "Fleet", dependencies: [.product(name: "Auspex", package: "auspex")], path: "Sources/Fleet"),
        .executableTarget(
            name: "LogMining", dependencies: [.product(name: "Auspex", package: "auspex")], path: "Sources/LogMining"),
    ],
    swiftLanguageModes: [.v6]
)
