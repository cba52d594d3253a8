import { Global, Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { Database } from './database.js';
import { FiguresDatabase } from './figures-database.js';
import { mayEnd } from './sessions.js';
import { UnitOfWork } from './unit-of-work.js';

@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => {
        const logger = new Logger('database');
        return {
          type: 'postgres' as const,
          url: config.databaseUrl,
          applicationName: 'betony',
          synchronize: false,
          autoLoadEntities: true,
          installExtensions: false,
          logging: false as const,
          // A real server may come up after us; the embedded one is up already.
          retryAttempts: config.embedded ? 1 : 5,
          retryDelay: 2000,
          poolErrorHandler: (error: Error & { code?: string }) => {
            logger.warn({ fault: 'idle connection lost', code: error.code ?? error.name });
          },
          extra: {
            pipeline: true,
            max: config.databasePoolSize,
            connectionTimeoutMillis: 10_000,
            keepAlive: true,
            onConnect: mayEnd,
          },
        };
      },
    }),
  ],
  providers: [Database, FiguresDatabase, UnitOfWork],
  exports: [TypeOrmModule, Database, FiguresDatabase, UnitOfWork],
})
export class DatabaseModule {}
