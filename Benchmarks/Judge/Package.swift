// swift-tools-version: 6.2
import PackageDescription

// The judge is no product, and what other packages can't see they can't measure. So this package compiles the same
// sources, through links, as targets of its own.
let package = Package(
    name: "auspex-judge-benchmarks",
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
        .target(name: "CAuspexKernels"),
        .target(name: "AuspexSignals", swiftSettings: settings),
        .target(
            name: "AuspexDocuments", dependencies: ["AuspexSignals", .product(name: "Yams", package: "Yams")],
            swiftSettings: settings),
        .target(
            name: "AuspexNumerics", dependencies: ["COpenBLAS", "CKissFFT", "CAuspexKernels"], swiftSettings: settings),
        .target(
            name: "AuspexChanges",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexNumerics",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings),
        .executableTarget(name: "Judge", dependencies: ["AuspexChanges"], swiftSettings: settings),
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
