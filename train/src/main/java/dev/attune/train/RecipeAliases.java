package dev.attune.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The names that other tools have for the keys of a recipe, and the keys of theirs that have no
/// counterpart here.
///
/// A row is `names | tool | what`, where `what` is a key; `not` a key; `key = value` for a flag
/// that stands for one value; `refused:` with a reason and, after `->`, the next step; or
/// `ignored:` with a reason.
final class RecipeAliases {
    private static final String NAMES =
            """
            base_model                              | axolotl       | model_name_or_path
            model                                   | mlx-lm, OpenAI | model_name_or_path
            model_name                              | unsloth       | model_name_or_path
            datasets                                | axolotl       | data
            dataset                                 | LLaMA-Factory | data
            train_file                              | transformers  | data
            training_file                           | OpenAI        | data
            test_datasets                           | axolotl       | eval_data
            eval_dataset                            | LLaMA-Factory | eval_data
            validation_file                         | OpenAI        | eval_data
            dataset_text_field                      | TRL           | column text
            text_feature                            | mlx-lm        | column text
            prompt_feature                          | mlx-lm        | column prompt
            completion_feature                      | mlx-lm        | column completion
            chat_feature                            | mlx-lm        | column messages
            dataset.column_map                      | torchtune     | columns
            val_set_size                            | axolotl       | eval_split
            val_size                                | LLaMA-Factory | eval_split
            sequence_len                            | axolotl       | max_length
            cutoff_len                              | LLaMA-Factory | max_length
            max_seq_length                          | mlx-lm, unsloth | max_length
            max_seq_len                             | torchtune     | max_length
            tokenizer.max_seq_len                   | torchtune     | max_length
            dataset.packed                          | torchtune     | packing
            packed                                  | torchtune     | packing
            sample_packing                          | axolotl       | packing
            neat_packing                            | LLaMA-Factory | packing
            excess_length_strategy                  | axolotl       | too_long
            roles_to_train                          | axolotl       | train_on_roles
            mask_history                            | LLaMA-Factory | last_turn_only
            train_on_inputs                         | axolotl       | train_on_prompt
            dataset.train_on_input                  | torchtune     | train_on_prompt
            train_on_input                          | torchtune     | train_on_prompt
            mask_prompt                             | mlx-lm        | not train_on_prompt
            completion_only_loss                    | TRL           | not train_on_prompt
            assistant_only_loss                     | TRL           | not train_on_prompt
            chat_template_path                      | TRL           | chat_template
            chat_template_jinja                     | axolotl       | chat_template
            bf16                                    | transformers  | dtype = bfloat16
            pure_bf16                               | LLaMA-Factory | dtype = bfloat16
            fp16                                    | transformers  | dtype = float16
            torch_dtype                             | transformers  | dtype
            rl                                      | axolotl       | method
            stage                                   | LLaMA-Factory | method
            method.type                             | OpenAI        | method
            adapter                                 | axolotl       | tuning
            finetuning_type                         | LLaMA-Factory | tuning
            fine_tune_type                          | mlx-lm        | tuning
            full_finetuning                         | unsloth       | tuning = full
            lora_r                                  | axolotl       | r
            lora_rank                               | LLaMA-Factory | r
            rank                                    | mlx-lm        | r
            model.lora_rank                         | torchtune     | r
            lora_parameters.rank                    | mlx-lm        | r
            model.lora_alpha                        | torchtune     | lora_alpha
            model.lora_dropout                      | torchtune     | lora_dropout
            lora_parameters.dropout                 | mlx-lm        | lora_dropout
            lora_target                             | LLaMA-Factory | target_modules
            lora_target_modules                     | axolotl       | target_modules
            lora_parameters.keys                    | mlx-lm        | target_modules
            lora_target_linear                      | axolotl       | target_modules = all-linear
            lora_exclude_modules                    | axolotl       | exclude_modules
            lora_modules_to_save                    | axolotl       | modules_to_save
            additional_target                       | LLaMA-Factory | modules_to_save
            peft_layers_to_transform                | axolotl       | layers_to_transform
            lora_layers_to_transform                | axolotl       | layers_to_transform
            peft_use_rslora                         | axolotl       | use_rslora
            peft_use_dora                           | axolotl       | use_dora
            model.use_dora                          | torchtune     | use_dora
            optimizer                               | axolotl       | optim
            optimizer._component_                   | torchtune     | optim
            lr                                      | PyTorch       | learning_rate
            optimizer.lr                            | torchtune     | learning_rate
            lr_scheduler                            | axolotl       | lr_scheduler_type
            lr_scheduler.num_warmup_steps           | torchtune     | warmup_steps
            num_warmup_steps                        | transformers  | warmup_steps
            optimizer.weight_decay                  | torchtune     | weight_decay
            clip_grad_norm                          | torchtune     | max_grad_norm
            gradient_clipping                       | DeepSpeed     | max_grad_norm
            num_epochs                              | axolotl       | num_train_epochs
            epochs                                  | torchtune     | num_train_epochs
            n_epochs                                | OpenAI        | num_train_epochs
            hyperparameters.n_epochs                | OpenAI        | num_train_epochs
            iters                                   | mlx-lm        | max_steps
            micro_batch_size                        | axolotl       | per_device_train_batch_size
            per_device_batch_size                   | transformers  | per_device_train_batch_size
            batch_size                              | mlx-lm, torchtune | per_device_train_batch_size
            hyperparameters.batch_size              | OpenAI        | per_device_train_batch_size
            gradient_accumulation                   | transformers  | gradient_accumulation_steps
            grad_accumulation_steps                 | mlx-lm        | gradient_accumulation_steps
            noisy_embedding_alpha                   | axolotl       | neftune_noise_alpha
            grad_checkpoint                         | mlx-lm        | gradient_checkpointing
            use_gradient_checkpointing              | unsloth       | gradient_checkpointing
            enable_activation_checkpointing         | torchtune     | gradient_checkpointing
            steps_per_report                        | mlx-lm        | logging_steps
            log_every_n_steps                       | torchtune     | logging_steps
            steps_per_eval                          | mlx-lm        | eval_steps
            run_val_every_n_steps                   | torchtune     | eval_steps
            save_every                              | mlx-lm        | save_steps
            save_every_n_steps                      | torchtune     | save_steps
            max_eval_samples                        | transformers  | eval_rows
            random_state                            | unsloth       | seed
            adapter_path                            | mlx-lm        | output_dir
            output                                  | others        | output_dir
            """;

    private static final String WITHOUT =
            """
            deepspeed                               | transformers  | refused: Attune trains on one machine without DeepSpeed. -> Remove it.
            fsdp fsdp_config fsdp_version           | transformers  | refused: Attune does not shard a model. -> Remove it.
            load_in_4bit load_in_8bit quantization_bit | axolotl    | refused: weights of 4 or 8 bits are not there yet. -> Remove it; dtype: bfloat16 halves the memory.
            loraplus_lr_ratio                       | axolotl       | refused: one learning rate serves all of an adapter. -> Remove it.
            learning_rate_multiplier hyperparameters.learning_rate_multiplier | OpenAI | refused: it multiplies a rate that only the service knows. -> Set learning_rate: 2e-4 for lora is usual.
            lora_parameters.scale scale             | mlx-lm        | refused: it is lora_alpha divided by r. -> Set lora_alpha to scale times r: 160 for scale 20 and r 8.
            num_layers lora_layers                  | mlx-lm        | refused: it counts layers from the end. -> List their numbers in layers_to_transform.
            model.lora_attn_modules                 | torchtune     | refused: layers are named as in the checkpoint. -> Name them in target_modules: [q_proj, v_proj].
            val_batches                             | mlx-lm        | refused: it counts batches. -> Set eval_rows.
            max_samples max_train_samples           | LLaMA-Factory | refused: Attune leaves no row out unasked. -> Give a smaller file, or max_steps.
            saves_per_epoch evals_per_epoch         | axolotl       | refused: intervals are told in steps. -> Set save_steps or eval_steps; null is once an epoch.
            save_strategy eval_strategy evaluation_strategy logging_strategy | transformers | refused: the number of steps says it. -> Set save_steps or eval_steps; null is once an epoch.
            metric_for_best_model greater_is_better | transformers  | refused: the best checkpoint is the one of the lowest held-out loss. -> Remove it.
            resume_from_checkpoint auto_resume_from_checkpoints resume_adapter_file | transformers | refused: going on with a run is a command of its own. -> Remove it, and resume the run folder.
            template                                | LLaMA-Factory | refused: the model's own chat template is used. -> Remove it, or give a Jinja file as chat_template.
            special_tokens tokens new_special_tokens | axolotl      | refused: tokens cannot be added yet. -> Remove it.
            train_on_eos train_on_eot               | axolotl       | refused: the token that ends an answer is always learned. -> Remove it.
            dataset_dir                             | LLaMA-Factory | refused: files are named in full. -> Give their paths in data.
            suffix                                  | OpenAI        | refused: a run is named by its folder. -> Set output_dir.
            hub_model_id push_to_hub                | transformers  | refused: training sends nothing anywhere. -> Remove it.
            trust_remote_code                       | transformers  | refused: Attune runs no code of a checkpoint. -> Remove it.
            flash_attention flash_attn attn_implementation xformers_attention sdp_attention | axolotl | ignored: attention goes by blocks and needs no switch.
            use_liger_kernel compile torch_compile use_cache tf32 | transformers | ignored: there is nothing to switch.
            use_unsloth trainer plot_loss strict    | others        | ignored: there is nothing to switch.
            report_to wandb_project wandb_entity wandb_name swanlab_project logging_dir run_name | transformers | ignored: events go to the run folder and nowhere else.
            integrations metadata                   | OpenAI        | ignored: events go to the run folder and nowhere else.
            do_train do_eval train test             | transformers  | ignored: the command says what is done, held-out rows what is judged.
            model_type tokenizer_type type          | axolotl       | ignored: the checkpoint says it.
            model._component_ tokenizer._component_ checkpointer loss | torchtune | ignored: the checkpoint says it.
            lr_scheduler._component_                | torchtune     | refused: name the schedule itself. -> Set lr_scheduler_type: cosine.
            dataset._component_                     | torchtune     | ignored: the shape of each row is recognised.
            tokenizer                               | torchtune     | ignored: it lies beside the model.
            per_device_eval_batch_size eval_batch_size | transformers | ignored: judging takes as many rows at a time as training.
            eval_sample_packing                     | axolotl       | ignored: held-out rows are packed as the others are.
            pad_to_sequence_len padding_free group_by_length remove_unused_columns | transformers | ignored: rows are never padded.
            dataset_prepared_path overwrite_cache overwrite_output_dir | axolotl | ignored: tokens are cached by their contents.
            dataloader_num_workers preprocessing_num_workers dataset_processes ddp_timeout local_rank | transformers | ignored: Attune uses the cores it finds.
            gradient_checkpointing_kwargs           | transformers  | ignored: there is one way.
            device                                  | torchtune     | ignored: Attune takes what the machine has.
            """;

    private static final Map<String, RecipeAlias> BY_NAME = table();

    /// Keys beneath which some tools put others.
    static final Set<String> GROUPS =
            Set.of(
                    "lora_parameters",
                    "hyperparameters",
                    "optimizer",
                    "lr_scheduler",
                    "model",
                    "method",
                    "dataset",
                    "tokenizer");

    private RecipeAliases() {}

    /// What a name of another tool means.
    static Optional<RecipeAlias> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /// All rows in order.
    static List<RecipeAlias> all() {
        return List.copyOf(BY_NAME.values());
    }

    /// The names that stand for a key.
    static List<String> names() {
        return all().stream()
                .filter(alias -> alias.key().isPresent())
                .map(RecipeAlias::name)
                .toList();
    }

    private static Map<String, RecipeAlias> table() {
        var table = new LinkedHashMap<String, RecipeAlias>();
        for (String line : (NAMES + WITHOUT).lines().toList()) {
            List<String> row =
                    Arrays.stream(line.split(Pattern.quote("|"), 3)).map(String::strip).toList();
            for (String name : row.getFirst().split(" ", -1)) {
                table.put(name, RecipeAlias.of(name, row.get(1), row.get(2)));
            }
        }
        return Collections.unmodifiableMap(table);
    }
}
