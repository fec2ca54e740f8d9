// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every Swift target. No unsafe flags, so the package stays usable as a dependency.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

let package = Package(
    name: "auspex",
    products: [
        .library(name: "Auspex", targets: ["Auspex"]),
        .library(name: "AuspexCommands", targets: ["AuspexCommands"]),
        .library(name: "AuspexTesting", targets: ["AuspexTesting"]),
        .executable(name: "auspex", targets: ["AuspexCLI"]),
        .executable(name: "auspex-exec", targets: ["AuspexExec"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    ],
    targets: [
        // System libraries and C.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
        .target(name: "CAuspexKernels"),

        // The vocabulary and the leaves: no I/O, no clock, no logging.
        .target(name: "AuspexSignals"),
        .target(name: "AuspexDocuments", dependencies: ["AuspexSignals", .product(name: "Yams", package: "Yams")]),
        .target(name: "AuspexNumerics", dependencies: ["COpenBLAS", "CKissFFT", "CAuspexKernels"]),
        .target(name: "AuspexPatterns", dependencies: ["CRE2"]),
        .target(name: "AuspexExpressions", dependencies: ["AuspexSignals", "AuspexPatterns", "CRE2"]),
        .target(
            name: "AuspexWire",
            dependencies: [
                "AuspexSignals", "CSnappy", "CZlib",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),

        // The domain: pure logic.
        .target(name: "AuspexDetection", dependencies: ["AuspexSignals", "AuspexNumerics"]),
        .target(name: "AuspexLogs", dependencies: ["AuspexSignals", "AuspexNumerics", "AuspexPatterns"]),
        .target(
            name: "AuspexEvaluation",
            dependencies: ["AuspexSignals", "AuspexNumerics", "AuspexDetection", "AuspexLogs", "AuspexWire"]
        ),
        .target(
            name: "AuspexRules",
            dependencies: ["AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns"]
        ),
        .target(
            name: "AuspexChanges",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexNumerics",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "AuspexRunbooks",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),

        // Adapters: one outside system each.
        .target(
            name: "AuspexActions",
            dependencies: [
                "AuspexSignals", "AuspexExpressions", "AuspexRunbooks",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(name: "AuspexExec"),
        .target(name: "AuspexExternal", dependencies: ["AuspexSignals", "AuspexDetection"]),
        .target(
            name: "AuspexStore",
            dependencies: [
                "AuspexSignals", "AuspexRules", "AuspexChanges", "AuspexRunbooks",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),

        // The running whole and its surfaces.
        .target(
            name: "AuspexEngine",
            dependencies: [
                "AuspexSignals", "AuspexDocuments", "AuspexDetection", "AuspexLogs", "AuspexRules", "AuspexChanges",
                "AuspexRunbooks", "AuspexActions", "AuspexStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "AuspexServer",
            dependencies: [
                "AuspexEngine", "AuspexLogs", "AuspexWire", "AuspexSignals", "AuspexDocuments",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "Auspex",
            dependencies: ["AuspexSignals", "AuspexDetection", "AuspexLogs", "AuspexEvaluation"]
        ),
        .target(
            name: "AuspexCommands",
            dependencies: [
                "AuspexServer", "AuspexEvaluation", "AuspexExternal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(name: "AuspexCLI", dependencies: ["AuspexCommands"]),
        .executableTarget(name: "ExampleDetector", dependencies: ["Auspex", "AuspexCommands"]),

        // Test support and tests: one test target a source target.
        .target(name: "AuspexTesting", dependencies: ["AuspexSignals", "AuspexDetection"]),
        .target(name: "AuspexRunbookTesting", dependencies: ["AuspexSignals", "AuspexRunbooks"]),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "AuspexSignalsTests", dependencies: ["AuspexSignals", "AuspexTesting"]),
        .testTarget(name: "AuspexDocumentsTests", dependencies: ["AuspexDocuments"]),
        .testTarget(name: "AuspexPatternsTests", dependencies: ["AuspexPatterns", "AuspexTesting"]),
        .testTarget(name: "AuspexNumericsTests", dependencies: ["AuspexNumerics", "AuspexTesting"]),
        .testTarget(name: "AuspexExpressionsTests", dependencies: ["AuspexExpressions", "AuspexTesting"]),
        .testTarget(
            name: "AuspexWireTests",
            dependencies: [
                "AuspexWire", "AuspexTesting", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),
        .testTarget(name: "AuspexDetectionTests", dependencies: ["AuspexDetection", "AuspexTesting"]),
        .testTarget(name: "AuspexLogsTests", dependencies: ["AuspexLogs", "AuspexTesting", "AuspexWire"]),
        .testTarget(
            name: "AuspexEvaluationTests", dependencies: ["AuspexEvaluation", "AuspexNumerics", "AuspexTesting"],
            exclude: ["Fixtures"]),
        .testTarget(name: "AuspexRulesTests", dependencies: ["AuspexRules", "AuspexTesting"]),
        .testTarget(name: "AuspexChangesTests", dependencies: ["AuspexChanges", "AuspexTesting"]),
        .testTarget(
            name: "AuspexRunbooksTests",
            dependencies: ["AuspexRunbooks", "AuspexSignals", "AuspexRunbookTesting", "AuspexTesting"]
        ),
        .testTarget(
            name: "AuspexActionsTests",
            dependencies: [
                "AuspexActions", "AuspexRunbooks", "AuspexSignals", "AuspexRunbookTesting", "AuspexTesting",
                "AuspexExec",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .testTarget(name: "AuspexExternalTests", dependencies: ["AuspexExternal", "AuspexTesting"]),
        .testTarget(
            name: "AuspexStoreTests",
            dependencies: [
                "AuspexStore", "AuspexChanges", "AuspexRules", "AuspexRunbooks", "AuspexSignals",
                "AuspexRunbookTesting",
                "AuspexTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "AuspexEngineTests",
            dependencies: [
                "AuspexEngine", "AuspexActions", "AuspexChanges", "AuspexDocuments", "AuspexRules", "AuspexRunbooks",
                "AuspexSignals",
                "AuspexStore", "AuspexRunbookTesting", "AuspexTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "AuspexServerTests",
            dependencies: [
                "AuspexServer", "AuspexActions", "AuspexChanges", "AuspexEngine", "AuspexRunbooks", "AuspexSignals",
                "AuspexStore", "AuspexTesting", "AuspexWire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(name: "ExampleDetectorTests", dependencies: ["ExampleDetector", "Auspex", "AuspexTesting"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "AuspexDocuments", "AuspexSignals", "AuspexRunbooks", "AuspexRunbookTesting", "AuspexTesting",
                "AuspexCLI", "AuspexExec", "ExampleDetector",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "AuspexEngine", "AuspexActions", "AuspexRules", "AuspexRunbooks", "AuspexSignals", "AuspexStore",
                "AuspexWire", "AuspexRunbookTesting", "AuspexTesting", "AuspexCLI", "AuspexExec",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Faults/disk.c"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

let swiftKinds: [Target.TargetType] = [.regular, .executable, .test]
let cTargets: Set<String> = ["CRE2", "CAuspexKernels"]
for target in package.targets where swiftKinds.contains(target.type) && !cTargets.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
